//! Metadata of the file: XMP, as PDF/A demands it, and the date as PDF writes it.

use pdf_writer::Date;

use crate::emit::escape::xml;
use crate::wave::paper::{Paper, date};

/// What wrote the file.
pub(super) fn producer() -> String {
    format!("gatekeeper {}", env!("CARGO_PKG_VERSION"))
}

/// The date of the paper as PDF writes it; `None` where its text is no date.
pub(super) fn date(text: &str) -> Option<Date> {
    let [year, rest @ ..] = date::parts(text)?;
    let [month, day, hour, minute, second] = rest.map(|n| u8::try_from(n).unwrap_or(0));
    let date = Date::new(year).month(month).day(day);
    Some(
        date.hour(hour)
            .minute(minute)
            .second(second)
            .utc_offset_hour(0),
    )
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
