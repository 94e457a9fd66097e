//! What a source says of benchmarks.

/// What a benchmark measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Benchmarks {
    /// Every scenario, up to the limit of details.
    pub scenarios: Vec<Scenario>,
    /// How many there are, listed or not.
    pub total: u64,
}

/// One job with one input. Times are in picoseconds, so that comparing them is exact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Name of the job.
    pub name: String,
    /// Name of the input, where there are several.
    pub input: Option<String>,
    /// The median.
    pub median_ps: Option<u64>,
    /// The average.
    pub average_ps: Option<u64>,
    /// The 99th percentile.
    pub p99_ps: Option<u64>,
    /// Iterations a second, as printed.
    pub ips: Option<String>,
    /// Measurements.
    pub samples: u64,
    /// Median of the memory that one run took, in bytes, where it was measured.
    pub memory_bytes: Option<u64>,
}
