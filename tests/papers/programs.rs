//! What other programs say of the files, where they are installed. What is not checked is said.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{failing, hostile, passing, pdf, pptx, real};

/// The output of a program; `None`, with a word about it, when it is not installed.
fn run(program: &str, args: &[&str], dir: &Path) -> Option<String> {
    let output = match Command::new(program).args(args).current_dir(dir).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            missing(program);
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{program} {args:?}: {out}{err}");
    Some(out + &err)
}

fn missing(program: &str) {
    // Past the test harness, which would swallow it: what is not checked is not skipped in silence.
    let text = format!("NOT TESTED: the papers with {program} (not installed)\n");
    std::io::stderr().write_all(text.as_bytes()).unwrap();
}

/// A folder that stays after the test, for eyes.
fn folder(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("papers")
        .join(name);
    fs::create_dir_all(&dir).unwrap();
    for (name, paper) in [
        ("failing", failing()),
        ("passing", passing()),
        ("real", real()),
        ("hostile", hostile(60)),
    ] {
        fs::write(
            dir.join(format!("{name}.pdf")),
            pdf(&paper, b"{\"verdict\":1}"),
        )
        .unwrap();
        fs::write(dir.join(format!("{name}.pptx")), pptx(&paper)).unwrap();
    }
    dir
}

#[test]
fn readers_of_pdf_find_nothing_wrong() {
    let dir = folder("pdf");
    for name in ["failing.pdf", "passing.pdf", "real.pdf", "hostile.pdf"] {
        if let Some(said) = run("qpdf", &["--check", name], &dir) {
            assert!(
                said.contains("No syntax or stream encoding errors"),
                "{said}"
            );
        }
        let fonts = run("pdffonts", &[name], &dir).unwrap_or_default();
        for line in fonts.lines().skip(2) {
            let columns: Vec<&str> = line.split_whitespace().rev().collect();
            // From the right: object, generation, uni, sub, emb.
            assert_eq!(columns[2..5], ["yes", "yes", "yes"], "{line}");
        }
        if let Some(files) = run("pdfdetach", &["-list", name], &dir) {
            assert!(
                files.contains("1 embedded files") && files.contains("report.json"),
                "{files}"
            );
        }
    }
    if let Some(text) = run("pdftotext", &["-layout", "failing.pdf", "-"], &dir) {
        for word in [
            "shop",
            "FAIL",
            "Gates",
            "Failures",
            "lib/shop_web/",
            "cart_total",
        ] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
    }
    if let Some(text) = run("pdftotext", &["hostile.pdf", "-"], &dir) {
        assert!(text.contains("\\u{202e}") && text.contains('□') && !text.contains('\u{202e}'));
    }
}

#[test]
fn python_pptx_reads_every_slide() {
    let dir = folder("python");
    let script = "import sys\ntry:\n import pptx\nexcept ImportError:\n print('no pptx'); sys.exit()\n\
        for name in ('failing','passing','hostile'):\n d = pptx.Presentation(name + '.pptx')\n\
        \x20titles = [s.shapes.title.text_frame.text for s in d.slides]\n\
        \x20tables = [sh.table for s in d.slides for sh in s.shapes if sh.has_table]\n\
        \x20print(name, len(titles), len(tables), tables[0].cell(1, 0).text, '|'.join(titles))\n";
    let Some(said) = run("python3", &["-c", script], &dir) else {
        return;
    };
    if said.contains("no pptx") {
        return missing("python-pptx");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(said.lines().all(|line| line.contains("|Gates")), "{said}");
}

/// It knows the schemas, and what PowerPoint itself insists on.
#[test]
fn an_auditor_of_open_xml_has_no_findings() {
    let dir = folder("audit");
    for name in ["failing.pptx", "passing.pptx", "real.pptx", "hostile.pptx"] {
        let Some(said) = run("openxml-audit", &[name], &dir) else {
            return;
        };
        assert!(said.contains("Errors: 0"), "{said}");
    }
}

#[test]
fn libreoffice_opens_the_slides() {
    let dir = folder("office");
    let profile = format!("-env:UserInstallation=file://{}/profile", dir.display());
    let args = [
        &profile,
        "--headless",
        "--convert-to",
        "pdf",
        "failing.pptx",
        "real.pptx",
        "hostile.pptx",
    ];
    let _ = fs::remove_file(dir.join("failing.pdf"));
    let Some(said) = run("soffice", &args, &dir) else {
        return;
    };
    assert!(dir.join("failing.pdf").exists(), "{said}");
    if let Some(text) = run("pdftotext", &["failing.pdf", "-"], &dir) {
        for word in ["shop", "FAIL", "Gates", "Failures", "cart_total"] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
    }
}
