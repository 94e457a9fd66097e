//! Measurements that are none, or worse ones: documentation, benchmarks and coverage.

/// What is said of documentation that is not so.
pub(super) const DOCS: &[(&str, &str, &str)] = &[
    (
        "no number",
        "Total Doc Coverage: 85.7%",
        "Total Doc Coverage: NaN%",
    ),
    (
        "negative",
        "Total Doc Coverage: 85.7%",
        "Total Doc Coverage: -85.7%",
    ),
    (
        "over 100 %",
        "Total Doc Coverage: 85.7%",
        "Total Doc Coverage: 857.0%",
    ),
    ("nothing", "Total Doc Coverage: 85.7%\n", ""),
    (
        "twice",
        "Total Doc Coverage: 85.7%\n",
        "Total Doc Coverage: 85.7%\nTotal Doc Coverage: 99.9%\n",
    ),
    (
        "below the minimum",
        "Total Spec Coverage: 71.4%",
        "Total Spec Coverage: 69.4%",
    ),
    ("no modules", "Total Moduledoc Coverage: 100.0%\n", ""),
    ("no verdict", "Doctor validation has passed!\n", ""),
    ("another verdict", "has passed!", "has failed!"),
    ("no module", "Passed Modules: 6", "Passed Modules: 0"),
];

/// A job, its input, median and samples.
type Job = (&'static str, &'static str, &'static str, &'static str);

/// Reports of benchmarks that are no measurement, or a slower one.
pub(super) const BENCHMARKS: &[(&str, &[Job])] = &[
    (
        "no number",
        &[
            ("map.flatten ünï", "", "NaN", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "negative",
        &[
            ("map.flatten ünï", "", "-1", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "too large a number",
        &[
            ("map.flatten ünï", "", "1e999", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "a text for a number",
        &[
            ("map.flatten ünï", "", "\"1\"", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "no median",
        &[
            ("map.flatten ünï", "", "null", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "no sample",
        &[
            ("map.flatten ünï", "", "1", ""),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "fewer samples",
        &[
            ("map.flatten ünï", "", "1", "1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    ("a job less", &[("flat_map", "", "1", "1,1")]),
    (
        "a job more",
        &[
            ("map.flatten ünï", "", "1", "1,1"),
            ("flat_map", "", "1", "1,1"),
            ("new", "", "1", "1,1"),
        ],
    ),
    (
        "a job twice",
        &[
            ("map.flatten ünï", "", "1", "1,1"),
            ("flat_map", "", "1", "1,1"),
            ("flat_map", "", "2", "1,1"),
        ],
    ),
    (
        "other inputs",
        &[
            ("map.flatten ünï", "Big", "1", "1,1"),
            ("flat_map", "Big", "1", "1,1"),
        ],
    ),
    (
        "slower than it was",
        &[
            ("map.flatten ünï", "", "41481.001", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
    (
        "slower than permitted",
        &[
            ("map.flatten ünï", "", "1000000.001", "1,1"),
            ("flat_map", "", "1", "1,1"),
        ],
    ),
];

pub(super) fn benchmarks(all: &[Job]) -> Vec<u8> {
    let one = |(job, input, median, samples): &Job| {
        let input = if input.is_empty() {
            "__no_input"
        } else {
            input
        };
        format!(
            "{{\"job_name\":\"{job}\",\"input_name\":\"{input}\",\"run_time_data\":{{\"statistics\":{{\"median\":{median},\"sample_size\":2}},\"samples\":[{samples}]}}}}"
        )
    };
    let all: Vec<String> = all.iter().map(one).collect();
    format!("[{}]", all.join(",")).into_bytes()
}

/// Coverage reports that are no measurement.
pub(super) const COVERAGE: &[(&str, &str, &str)] = &[
    (
        "not a number",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[NaN]}]}"#,
    ),
    (
        "negative hits",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a\nb","coverage":[-1,1]}]}"#,
    ),
    (
        "too large a number",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[1e999]}]}"#,
    ),
    (
        "a text for a number",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":["1"]}]}"#,
    ),
    (
        "no file at all",
        "excoveralls.json",
        r#"{"source_files":[]}"#,
    ),
    (
        "no relevant line",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[null]}]}"#,
    ),
    (
        "another prefix",
        "excoveralls.json",
        r#"{"source_files":[{"name":"/home/ci/other/lib/a.ex","source":"a","coverage":[1]}]}"#,
    ),
    (
        "two reports in one",
        "excoveralls.json",
        r#"{"source_files":[{"name":"lib/a.ex","source":"a","coverage":[1]}]}{"source_files":[]}"#,
    ),
    (
        "more hit than found",
        "lcov.info",
        "TN:\nSF:lib/a.ex\nDA:1,1\nLF:1\nLH:2\nend_of_record\n",
    ),
    (
        "negative hits in LCOV",
        "lcov.info",
        "TN:\nSF:lib/a.ex\nDA:1,-1\nLF:1\nLH:1\nend_of_record\n",
    ),
    (
        "LCOV without an end",
        "lcov.info",
        "TN:\nSF:lib/a.ex\nDA:1,1\nLF:1\nLH:1\n",
    ),
    (
        "a rate over 100 %",
        "cobertura.xml",
        r#"<?xml version="1.0"?><coverage line-rate="1.5" lines-covered="3" lines-valid="2" version="1" timestamp="1"><packages/></coverage>"#,
    ),
    (
        "a rate that is no number",
        "cobertura.xml",
        r#"<?xml version="1.0"?><coverage line-rate="NaN" lines-covered="1" lines-valid="1" version="1" timestamp="1"><packages/></coverage>"#,
    ),
];
