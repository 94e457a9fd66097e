use std::io::BufReader;

use super::*;

fn parsed(text: &str) -> Result<Vec<Change>, DiffError> {
    read(&mut text.as_bytes())
}

const WHOLE: &str = "diff --git a/lib/a.ex b/lib/a.ex
index 1111111..2222222 100644
--- a/lib/a.ex
+++ b/lib/a.ex
@@ -1 +1,2 @@ defmodule A do
-one
+--- a/not.ex
++++ b/not.ex
@@ -9,0 +11 @@
+diff --git a/x b/x
@@ -20,2 +22,0 @@
-@@ -1 +1 @@
-x
\\ No newline at end of file
diff --git a/gone.ex b/gone.ex
deleted file mode 100644
index 1111111..0000000
--- a/gone.ex
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git \"a/lib/t\\303\\251 \\\"q\\\"\\n.ex\" \"b/lib/t\\303\\251 \\\"q\\\"\\n.ex\"
new file mode 100644
index 0000000..2222222
--- /dev/null
+++ \"b/lib/t\\303\\251 \\\"q\\\"\\n.ex\"
@@ -0,0 +1 @@
+x
diff --git a/a b/a b/a b/a
old mode 100644
new mode 100755
diff --git a/old.ex b/new name.ex
similarity index 90%
rename from old.ex
rename to new name.ex
index 1111111..2222222 100644
--- a/old.ex
+++ b/new name.ex\t
@@ -3 +3 @@
-x
+y
diff --git a/sub b/sub
index 1111111..2222222 160000
--- a/sub
+++ b/sub
@@ -1 +1 @@
-Subproject commit 1
+Subproject commit 2
diff --git a/i.png b/i.png
index 1111111..2222222 100644
Binary files a/i.png and b/i.png differ
* Unmerged path lib/c.ex
";

#[test]
fn every_kind_of_entry() {
    let changes = parsed(WHOLE).unwrap();
    let all: Vec<(&str, Kind, &[Span])> = changes
        .iter()
        .map(|c| (c.path.as_str(), c.kind, c.lines.as_slice()))
        .collect();
    assert_eq!(
        all,
        [
            ("lib/a.ex", Kind::Text, &[(1, 2), (11, 11)][..]),
            ("lib/té \"q\"\n.ex", Kind::Text, &[(1, 1)]),
            ("a b/a", Kind::Text, &[]),
            ("new name.ex", Kind::Text, &[(3, 3)]),
            ("sub", Kind::Submodule, &[(1, 1)]),
            ("i.png", Kind::Binary, &[]),
            ("lib/c.ex", Kind::Unmerged, &[]),
        ]
    );
    assert_eq!(changes[3].from.as_deref(), Some("old.ex"));
}

#[test]
fn how_it_arrives_does_not_matter() {
    for capacity in 1..8 {
        let mut input = BufReader::with_capacity(capacity, WHOLE.as_bytes());
        assert_eq!(read(&mut input).unwrap(), parsed(WHOLE).unwrap());
    }
}

/// Damage is an error, or the same files with no fewer lines: never a changed line that is missing.
#[test]
fn a_cut_diff_does_not_lose_lines_of_the_files_it_names() {
    let whole = parsed(WHOLE).unwrap();
    for end in 0..WHOLE.len() {
        let Some(cut) = WHOLE.get(..end) else {
            continue;
        };
        let Ok(found) = parsed(cut) else { continue };
        // A cut between two hunks cannot be seen here: the caller trusts only a git that ended with 0.
        for (i, change) in found.iter().enumerate() {
            assert!(
                whole[i].lines.starts_with(&change.lines),
                "{end}: {change:?}"
            );
        }
    }
}

#[test]
fn what_is_not_understood_is_an_error() {
    let head = "diff --git a/a b/a\n--- a/a\n+++ b/a\n";
    for text in [
        "hello\n",
        "@@ -1 +1 @@\n",
        "diff --cc a\n",
        "diff --git a/a b/a\nwhat is this\n",
        "diff --git a/a b/b\nindex 1..2 100644\n",
        &format!("{head}@@ -1 +1 @@\n-x\n y\n"),
        &format!("{head}@@ -1 +1 @@\n-x\n-x\n"),
        &format!("{head}@@ -1 +1,2 @@\n-x\n+x\n"),
        &format!("{head}@@ -1 +4294967295,2 @@\n-x\n+x\n+y\n"),
        &format!("{head}@@ -1 +1,99999999999 @@\n"),
        &format!("{head}@@ -0,0 +0,1 @@\n+x\n"),
        &format!("{head}@@ -0,0 +5 @@\n+x\n@@ -9,0 +5 @@\n+x\n"),
        "diff --git a/a b/a\n--- a/a\n@@ -1 +1 @@\n-x\n+y\n",
        "diff --git a/a b/a\n+++ \"b/a\n",
        "diff --git a/a b/a\n+++ c/a\n",
    ] {
        assert!(parsed(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_line_of_many_megabytes_is_one_line() {
    let text = format!(
        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+{}\n",
        "x".repeat(5 << 20)
    );
    assert_eq!(parsed(&text).unwrap()[0].lines, [(1, 1)]);
}
