//! The sanitiser against a port of the runner's own command parser.

use super::*;

/// SplitMix64: small, fixed, no dependency.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Pieces that commands are made of, what hides them, and what breaks decoders.
const ALPHABET: &[&[u8]] = &[
    b":",
    b"::",
    b"#",
    b"##",
    b"##[",
    b"[",
    b"]",
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\x1b",
    b"\x1b[31m",
    b"\x00",
    b"\x0b",
    b"\x0c",
    b"\x7f",
    b"\xc2\x85",
    b"\xc2\x9b",
    b"\xc2\xa0",
    b"\xc2\xad",
    b"\xe2\x80\x8b",
    b"\xe2\x80\x8d",
    b"\xe2\x80\x8e",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xe2\x81\xa6",
    b"\xef\xbb\xbf",
    b"\xe2\x94\x82",
    b"\xe2",
    b"\x80",
    b"\xff",
    b"\xf0\x9f",
    b"\xf0\x9f\x98\x80",
    b"\xc3\xa9",
    b"error",
    b"warning",
    b"::error::",
    b"##[error]",
    b"::add-mask::x",
    b"set-output name=a::",
    b"\\",
    b"[",
    b"0",
    b"a=b,c",
    b"stop-commands",
];

fn sample(random: &mut Random) -> Vec<u8> {
    (0..random.below(24))
        .flat_map(|_| ALPHABET[random.below(ALPHABET.len())].to_vec())
        .collect()
}

fn whole(input: &[u8]) -> Vec<u8> {
    let (mut sanitiser, mut out) = (Sanitiser::default(), Vec::new());
    sanitiser.push(input, &mut out);
    sanitiser.finish(&mut out);
    out
}

fn text(input: &[u8]) -> String {
    String::from_utf8(whole(input)).unwrap()
}

/// As .NET's `StreamReader` over UTF-8 with `ReadLine`: `\r\n`, `\n` and `\r` end a line, invalid bytes are replaced.
fn dotnet_lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    text.split('\n').map(str::to_owned).collect()
}

const REGISTERED: &[&str] = &[
    "stop-commands",
    "set-env",
    "set-output",
    "save-state",
    "add-mask",
    "add-path",
    "add-matcher",
    "remove-matcher",
    "debug",
    "warning",
    "error",
    "notice",
    "group",
    "endgroup",
    "echo",
    "internal-set-repo-path",
];

fn registered(info: &str) -> bool {
    let name = info.split(' ').next().unwrap_or_default();
    REGISTERED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// `ActionCommand.TryParseV2`.
fn v2(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("::") else {
        return false;
    };
    rest.find("::").is_some_and(|end| registered(&rest[..end]))
}

/// `ActionCommand.TryParse`: only the first `##[` counts.
fn v1(line: &str) -> bool {
    let Some(start) = line.find("##[") else {
        return false;
    };
    let rest = &line[start + 3..];
    rest.find(']').is_some_and(|end| registered(&rest[..end]))
}

/// More than the runner would take for a command: no name asked for, and nothing outside ASCII has any weight.
fn suspicious(line: &str) -> bool {
    let ascii: String = line.chars().filter(char::is_ascii).collect();
    line.trim_start().starts_with("::") || ascii.contains("##[")
}

#[test]
fn no_command_survives() {
    let mut random = Random(0x6761_7465);
    let mut raw = 0;
    for _ in 0..40_000 {
        let input = sample(&mut random);
        raw += usize::from(dotnet_lines(&input).iter().any(|line| v2(line) || v1(line)));
        let output = whole(&input);
        for line in dotnet_lines(&output) {
            assert!(
                !v2(&line) && !v1(&line) && !suspicious(&line),
                "{line:?} of {input:?}"
            );
            assert!(
                line.is_empty() || line.starts_with(PREFIX),
                "{line:?} of {input:?}"
            );
            assert!(
                !line
                    .chars()
                    .any(|c| is_unseen(c) || (c.is_control() && c != '\t')),
                "{line:?}"
            );
        }
    }
    assert!(raw > 5_000, "the samples hold commands: {raw}");
}

#[test]
fn pieces_do_not_matter() {
    let mut random = Random(0x6b65_6570);
    for _ in 0..20_000 {
        let input = sample(&mut random);
        let (mut sanitiser, mut out, mut rest) =
            (Sanitiser::default(), Vec::new(), input.as_slice());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + random.below(rest.len().min(5)));
            sanitiser.push(piece, &mut out);
            rest = after;
        }
        sanitiser.push(b"", &mut out);
        sanitiser.finish(&mut out);
        assert_eq!(out, whole(&input), "{input:?}");
    }
}

/// What a reader could see in the input is in the output, in the same order and on as many lines.
#[test]
fn printable_text_is_kept() {
    let mut random = Random(0x6572_2121);
    for _ in 0..20_000 {
        let input = sample(&mut random);
        let output = text(&input);
        let mut shown = output.chars();
        for c in String::from_utf8_lossy(&input).chars() {
            let seen = c != char::REPLACEMENT_CHARACTER && !c.is_control() && !is_unseen(c);
            assert!(
                !seen || shown.any(|o| o == c),
                "{c:?} of {input:?} is lost in {output:?}"
            );
        }
        let mut lines = dotnet_lines(&input);
        lines.pop_if(|last| last.is_empty());
        assert_eq!(output.lines().count(), lines.len(), "{input:?}");
    }
}

#[test]
fn one_of_each() {
    for (input, expected) in [
        (&b""[..], ""),
        (b"plain", "│ plain\n"),
        (b"\n", "│ \n"),
        (b"a\r\nb\rc\n\rd", "│ a\n│ b\n│ c\n│ \n│ d\n"),
        (b"a\r\r\nb", "│ a\n│ \n│ b\n"),
        (b"a\r\n\nb", "│ a\n│ \n│ b\n"),
        (b"  ::error::x", "│   ::error::x\n"),
        (b"x ##[error]y", "│ x ##\\[error]y\n"),
        (b"###[error]y", "│ ###\\[error]y\n"),
        (b"#[a] # #[b]", "│ #[a] # #[b]\n"),
        ("##\u{ad}[error]".as_bytes(), "│ ##\u{ad}\\[error]\n"),
        (b"\x1b[31mred\x1b[0m\x07", "│ \\x1b[31mred\\x1b[0m\\x07\n"),
        (b"tab\tnul\0del\x7f", "│ tab\tnul\\x00del\\x7f\n"),
        ("csi\u{9b}nel\u{85}".as_bytes(), "│ csi\\u{9b}nel\\u{85}\n"),
        (
            "\u{202e}evil\u{2066}\u{200f}\u{2028}".as_bytes(),
            "│ \\u{202e}evil\\u{2066}\\u{200f}\\u{2028}\n",
        ),
        ("é ✓ 😀 \u{200d}".as_bytes(), "│ é ✓ 😀 \u{200d}\n"),
        (b"bad \xff\xfe \xe2\x82", "│ bad \\xff\\xfe \\xe2\\x82\n"),
        (b"\xe2\x82\n", "│ \\xe2\\x82\n"),
    ] {
        assert_eq!(text(input), expected, "{input:?}");
    }
}

#[test]
fn a_line_without_end_is_broken_not_held() {
    let (mut sanitiser, mut out) = (Sanitiser::default(), Vec::new());
    for piece in [
        &[b'a'; 50_000][..],
        "é".repeat(30_000).as_bytes(),
        &[b'#'; 300_000],
        &[0; 100_000],
        b"[error]",
    ] {
        sanitiser.push(piece, &mut out);
        assert!(sanitiser.line.len() <= 2 * MAX_LINE + PREFIX.len());
    }
    sanitiser.finish(&mut out);
    let lines = dotnet_lines(&out);
    assert!(lines.len() > 5 && lines.iter().all(|line| !suspicious(line)));
    assert_eq!(lines.concat().matches('a').count(), 50_000);
    assert_eq!(lines.concat().matches('é').count(), 30_000);
    assert_eq!(lines.concat().matches('#').count(), 300_000);
}

#[test]
fn the_fence_is_two_lines() {
    assert_eq!(stop_commands("t0ken"), "::stop-commands::t0ken\n");
    assert_eq!(resume_commands("t0ken"), "::t0ken::\n");
}
