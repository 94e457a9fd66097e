//! Edits that keep the meaning, many of them: what was known stays known, and a new finding is seen among it.

use std::num::NonZeroU32;

use gatekeeper::gates::Policy;
use gatekeeper::waiver::Status;
use gatekeeper_parsers::evidence::Finding;

use super::{CAPTURES, accepted, assembled, capture, findings, standing};

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

fn moved(line: Option<NonZeroU32>, by: usize) -> Option<NonZeroU32> {
    line.map(|l| l.saturating_add(u32::try_from(by).unwrap()))
}

/// One edit that keeps the meaning; gives the name of a file that was renamed by it.
fn edit(list: &mut [Finding], dice: &mut Dice) -> Option<String> {
    let victim = list[dice.below(list.len())].clone();
    let in_file = |f: &Finding| f.path == victim.path;
    match dice.below(6) {
        // Lines are inserted above.
        0 => {
            let by = 1 + dice.below(200);
            let below = list
                .iter_mut()
                .filter(|f| in_file(f) && f.line >= victim.line);
            below.for_each(|f| f.line = moved(f.line, by));
        }
        // A function moves within its file.
        1 => {
            let same = |f: &Finding| in_file(f) && f.function == victim.function;
            let by = dice.below(900);
            list.iter_mut()
                .filter(|f| same(f))
                .for_each(|f| f.line = moved(f.line, by));
        }
        // A file is renamed; messages name it too.
        2 => {
            let old = victim.path.clone()?;
            let (folder, name) = old.rsplit_once('/').unwrap_or(("lib", &old));
            let new = format!("{folder}/renamed_{}_{name}", dice.below(1000));
            for f in list.iter_mut() {
                if f.path.as_ref() == Some(&old) {
                    f.path = Some(new.clone());
                }
                f.message = f.message.replace(&old, &new);
            }
            return Some(old);
        }
        // Code is reformatted: columns change, and lines that messages name.
        3 => {
            for f in list.iter_mut().filter(|f| in_file(f)) {
                f.column = moved(f.column, dice.below(40));
                f.message = f
                    .message
                    .replace(".ex:", &format!(".ex:{}", 1 + dice.below(9)));
            }
        }
        // The tool wraps its text elsewhere.
        4 => {
            for f in list.iter_mut().filter(|f| in_file(f)) {
                f.message = f.message.replace(' ', "\n  ");
            }
        }
        // A function with a name moves to another module; its file stays.
        _ => {
            let function = victim.function.clone()?;
            let name = function.rsplit('.').next()?.to_owned();
            for f in list
                .iter_mut()
                .filter(|f| f.function.as_ref() == Some(&function))
            {
                f.function = Some(format!("Elsewhere{}.{name}", dice.below(1000)));
                f.path = Some("lib/elsewhere.ex".into());
            }
        }
    }
    None
}

/// The line of a finding that was put in.
const SEEDED: Option<NonZeroU32> = NonZeroU32::new(1_999_999);

/// A new finding that resembles an old one.
fn seed(victim: Finding, how: usize) -> Finding {
    let mut new = Finding {
        line: SEEDED,
        ..victim
    };
    match how {
        0 => new.rule.push_str(".Seeded"),
        1 => new.message.push_str(" in seeded/2"),
        2 if new.function.is_some() => new.function = Some("Credozoo.Design.seeded".into()),
        2 => new.message = format!("seeded_fun/1: {}", new.message),
        _ => {}
    }
    new
}

#[test]
fn five_hundred_edits_keep_findings_known_and_hide_no_new_one() {
    let mut dice = Dice(20_261_121);
    let (mut all, mut known, mut hidden) = (0, 0, Vec::new());
    let captures = CAPTURES.map(|name| (name, capture(name), accepted(capture(name))));
    for round in 0..500 {
        let (name, mut sources, mut baseline) = captures[round % CAPTURES.len()].clone();
        let list = findings(&mut sources);
        for _ in 0..=dice.below(3) {
            baseline.gone.extend(edit(list, &mut dice));
        }
        all += list.len();
        let duplicate = round % 4 == 3;
        if !duplicate {
            // What is fixed leaves room in the baseline: the new one must not take it.
            for _ in 0..dice.below(4) {
                list.swap_remove(dice.below(list.len()));
                all -= 1;
            }
        }
        let victim = list[dice.below(list.len())].clone();
        list.push(seed(victim, round % 4));
        let report = assembled(sources, &Policy::default(), standing(Ok(baseline)));
        let outcome = report.baseline.unwrap();
        known += usize::try_from(outcome.known).unwrap();
        let seeded = report
            .findings
            .iter()
            .find(|f| f.finding.line == SEEDED)
            .unwrap();
        // Of two equal ones either is the new one.
        let found = if duplicate {
            outcome.new > 0
        } else {
            seeded.status == Status::New
        };
        if !found {
            hidden.push(format!("round {round} of {name}: {:?}", seeded.finding));
        }
    }
    assert_eq!(hidden, [""; 0], "a new finding was taken for a known one");
    assert!(known * 100 >= all * 99, "{known} of {all} stayed known");
}
