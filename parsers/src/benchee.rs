//! Benchee: the JSON of `benchee_json`.
//!
//! Source: `lib/benchee/formatters/json.ex` of benchee_json 1.0.0, `lib/benchee/statistics.ex` of benchee 1.1 to 1.5.
//!
//! `[{"job_name", "input_name", "run_time_data": {"statistics": {"average", "median", "ips", "percentiles": {"99": …},
//! "sample_size"}, "samples": […]}, "memory_usage_data": {…}}]`, times in nanoseconds. They are kept in whole picoseconds.
//!
//! Proof of completeness: the array closes and nothing follows; every scenario has its name and its median, and as many
//! samples as `sample_size` says. Nothing counts the scenarios.
//!
//! Deliberately absent: the samples, outliers, deviations and comparisons, which follow from them; what Benchee prints,
//! whose numbers are rounded to a unit of its choice.

use std::io::BufRead;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::collect::Defects;
use crate::defect::{DefectKind, Parsed, Position};
use crate::evidence::{Benchmarks, Evidence, Scenario, Tool};
use crate::input::Limits;
use crate::json_doc::{
    self, AnyScalar, Element, Fields, Fuse, Object, Records, Scalar, after_byte,
};
use crate::{Format, Reader, text};

/// The row of `benchee-json`.
pub(crate) const JSON: Format = Format {
    id: "benchee-json",
    tool: Tool::Benchee,
    summary: "Benchee: the file of benchee_json",
    proof: "the array closes, nothing follows, and every scenario has as many samples as it says",
    reader: Reader::Document { sniff, parse },
};

/// Bytes of a name that are kept.
const NAME: usize = 1 << 10;

/// The input of a benchmark without inputs.
const NO_INPUT: &str = "__no_input";

fn sniff(head: &[u8]) -> bool {
    let holds = |word: &[u8]| text::holds(head, word);
    let entry = after_byte(head, b'[').and_then(|rest| after_byte(rest, b'{'));
    entry.is_some() && holds(b"\"job_name\"") && holds(b"\"run_time_data\"")
}

fn parse(input: &mut dyn BufRead, limits: &Limits) -> Parsed<Evidence> {
    let fuse = Fuse::default();
    let (mut benchmarks, mut defects) = (Benchmarks::default(), Defects::default());
    let mut entry = Entry::default();
    let records = Records {
        record: &mut entry,
        fuse: &fuse,
        sink: |entry: &mut Entry| add(entry, &mut benchmarks, &mut defects, limits),
    };
    let fault = json_doc::read_value(input, &fuse, records);
    if let Some((kind, message)) = fault {
        let at = Position::path(format!("after scenario {}", benchmarks.total));
        defects.partial(kind, message, at);
    } else if benchmarks.total == 0 {
        let at = Position::default();
        defects.partial(DefectKind::NothingRan, "nothing was measured", at);
    }
    defects.finish(Evidence::Benchmarks(benchmarks))
}

fn add(entry: &mut Entry, benchmarks: &mut Benchmarks, defects: &mut Defects, limits: &Limits) {
    let at = Position::path(format!("[{}]", benchmarks.total));
    let time = std::mem::take(&mut entry.time);
    let input = entry.input.take().filter(|i| i != NO_INPUT);
    let name = entry.name.take();
    for (what, there) in [
        ("job_name", name.is_some()),
        ("median", time.median.is_some()),
        ("sample_size", time.size.is_some()),
    ] {
        if !there {
            let message = format!("`{what}` is missing or no number");
            defects.partial(DefectKind::MissingField, message, at.clone());
        }
    }
    if time.size.is_some_and(|size| size != time.samples) {
        let size = time.size.unwrap_or_default();
        let message = format!(
            "`sample_size` is {size}, but there are {} samples",
            time.samples
        );
        defects.partial(DefectKind::CountMismatch, message, at.clone());
    }
    if time.samples == 0 {
        defects.partial(DefectKind::NothingRan, "a scenario without a sample", at);
    }
    benchmarks.total = benchmarks.total.saturating_add(1);
    if benchmarks.scenarios.len() < limits.details {
        benchmarks.scenarios.push(Scenario {
            name: name.unwrap_or_default(),
            input,
            median_ps: time.median,
            average_ps: time.average,
            p99_ps: time.p99,
            ips: time.ips,
            samples: time.samples,
            // Bytes have no fraction worth a thousandth.
            memory_bytes: entry.memory.median.and_then(|m| m.checked_div(1_000)),
        });
    }
}

/// One scenario.
#[derive(Default)]
struct Entry {
    name: Option<String>,
    input: Option<String>,
    time: Data,
    memory: Data,
}

impl Element for Entry {
    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Fields for Entry {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "job_name" => self.name = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "input_name" => self.input = map.next_value_seed(AnyScalar(NAME))?.into_text(),
            "run_time_data" => map.next_value_seed(Nullable(&mut self.time))?,
            "memory_usage_data" => map.next_value_seed(Nullable(&mut self.memory))?,
            _ => drop(map.next_value_seed(AnyScalar(0))?),
        }
        Ok(())
    }
}

/// What was measured of a scenario, in thousandths of its unit.
#[derive(Default)]
struct Data {
    median: Option<u64>,
    average: Option<u64>,
    p99: Option<u64>,
    ips: Option<String>,
    size: Option<u64>,
    samples: u64,
}

impl Fields for Data {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "statistics" => map.next_value_seed(Nullable(&mut Statistics(self))),
            "samples" => map.next_value_seed(Count(&mut self.samples)),
            _ => map.next_value_seed(AnyScalar(0)).map(drop),
        }
    }
}

struct Statistics<'a>(&'a mut Data);

impl Fields for Statistics<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        if name == "percentiles" {
            return map.next_value_seed(Nullable(&mut Percentiles(self.0)));
        }
        let value = map.next_value_seed(AnyScalar(NAME))?;
        match (name, value) {
            ("median", value) => self.0.median = value.scaled(3),
            ("average", value) => self.0.average = value.scaled(3),
            ("sample_size", value) => self.0.size = value.count(),
            ("ips", Scalar::Decimal(ips)) => self.0.ips = Some(ips),
            ("ips", Scalar::Integer(ips)) => self.0.ips = Some(ips.to_string()),
            _ => {}
        }
        Ok(())
    }
}

struct Percentiles<'a>(&'a mut Data);

impl Fields for Percentiles<'_> {
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let value = map.next_value_seed(AnyScalar(0))?;
        if name == "99" {
            self.0.p99 = value.scaled(3);
        }
        Ok(())
    }
}

/// An object or `null`.
struct Nullable<'a, F>(&'a mut F);

impl<'de, F: Fields> DeserializeSeed<'de> for Nullable<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, F: Fields> Visitor<'de> for Nullable<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object(self.0).visit_map(map)
    }
}

/// Counts the elements of an array; `null` is none.
struct Count<'a>(&'a mut u64);

impl<'de> DeserializeSeed<'de> for Count<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Count<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {
            *self.0 = self.0.saturating_add(1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Completeness;
    use crate::damage::{Damage, files, parts};

    /// There is no bad news in a benchmark yet; a cut one must not be whole.
    const DAMAGE: Damage = Damage {
        format: "benchee-json",
        bad: |_| false,
        document: true,
    };

    #[test]
    fn damage_never_passes() {
        for path in files("benchee", "out.json") {
            DAMAGE.check(&path);
        }
    }

    fn read(statistics: &str, samples: &str) -> Parsed<Benchmarks> {
        let text = format!(
            r#"[{{"name":"a","job_name":"a","input_name":"__no_input","run_time_data":{{"statistics":{{{statistics}}},"samples":[{samples}]}},"memory_usage_data":{{"statistics":null,"samples":[]}}}}]"#
        );
        let part = parts(text.as_bytes(), 1 << 16).swap_remove(0);
        part.parsed.map(|e| match e {
            Evidence::Benchmarks(b) => b,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn times_are_whole_picoseconds() {
        let parsed = read(
            r#""median":41481.25,"average":81551.796471071,"ips":12.5,"percentiles":{"50":1,"99":400541.5},"sample_size":2"#,
            "1,2.5",
        );
        assert_eq!(
            parsed.completeness,
            Completeness::Complete,
            "{:?}",
            parsed.defects
        );
        let scenario = &parsed.value.scenarios[0];
        assert_eq!(scenario.median_ps, Some(41_481_250));
        assert_eq!(scenario.average_ps, Some(81_551_796));
        assert_eq!(scenario.p99_ps, Some(400_541_500));
        assert_eq!(scenario.ips.as_deref(), Some("12.5"));
        assert_eq!((scenario.samples, &scenario.input), (2, &None));
    }

    #[test]
    fn what_is_missing_or_lost_is_not_whole() {
        for (statistics, samples) in [
            (r#""median":1,"sample_size":3"#, "1,2"),
            (r#""median":null,"sample_size":1"#, "1"),
            (r#""median":-1,"sample_size":1"#, "1"),
            (r#""median":1"#, "1"),
            (r#""median":1,"sample_size":0"#, ""),
        ] {
            let parsed = read(statistics, samples);
            assert_eq!(parsed.completeness, Completeness::Partial, "{statistics}");
        }
    }
}
