//! Metadata of the file: XMP, as PDF/A demands it, and the date as PDF writes it.

use pdf_writer::Date;

use crate::emit::escape::xml;
use crate::wave::paper::Paper;

/// What wrote the file.
pub(super) fn producer() -> String {
    format!("gatekeeper {}", env!("CARGO_PKG_VERSION"))
}

/// `2026-11-21T00:01:12Z` as numbers; `None` where the text is no such date.
pub(super) fn date(text: &str) -> Option<Date> {
    let rest = text.strip_suffix('Z')?;
    let (day, time) = rest.split_once('T')?;
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let fits = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let small = |n: u16| u8::try_from(n).ok();
    let date = Date::new(year).month(small(month)?).day(small(day)?);
    let date = date
        .hour(small(hour)?)
        .minute(small(minute)?)
        .second(small(second)?);
    (fits && rest.len() == 19).then(|| date.utc_offset_hour(0))
}

fn numbers(text: &str, between: char) -> Option<[u16; 3]> {
    let parts = text.split(between).map(|part| {
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    });
    let parts: Option<Vec<u16>> = parts.collect();
    parts?.try_into().ok()
}

/// The XMP packet. It says the same as the document's information dictionary.
pub(super) fn xmp(paper: &Paper, id: &str) -> String {
    let date = match date(&paper.date) {
        Some(_) => format!(
            "<xmp:CreateDate>{0}</xmp:CreateDate><xmp:ModifyDate>{0}</xmp:ModifyDate>",
            xml(&paper.date)
        ),
        None => String::new(),
    };
    let (title, producer) = (xml(&paper.title()), xml(&producer()));
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\">\
         <pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\
         <dc:format>application/pdf</dc:format>\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\
         <pdf:Producer>{producer}</pdf:Producer>{date}<xmpMM:DocumentID>uuid:{id}</xmpMM:DocumentID>\
         </rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_date_is_one() {
        assert!(date("2026-11-21T00:01:12Z").is_some());
        for text in [
            "",
            "2026-11-21",
            "2026-13-21T00:01:12Z",
            "2026-11-21T00:01:12+01:00",
            "2026-11-+1T00:01:12Z",
        ] {
            assert!(date(text).is_none(), "{text}");
        }
    }
}
