//! `check --output-format junit`: one suite a file and one failed case a finding, for dashboards that show tests.

use super::Report;
use super::escape::escape;
use super::places::Places;
use crate::references::reference::CodeVersion;
use crate::rules::finding::Finding;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// Where nothing was found: a report without a case would count as no run at all.
const NOTHING_FOUND: &str = "no findings";

pub(super) fn render(report: &Report<'_>) -> String {
    // Writing to memory can't fail.
    let bytes = write(report).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn write(report: &Report<'_>) -> io::Result<Vec<u8>> {
    let places = Places::new(report.sources);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let number = report.findings.len().to_string();
    let suites = writer.create_element("testsuites").with_attributes([("name", "preboot"), ("failures", &number)]);
    suites.write_inner_content(|writer| {
        if report.findings.is_empty() {
            return suite(writer, "preboot", 0, |writer| {
                writer.create_element("testcase").with_attributes([("name", NOTHING_FOUND), ("classname", "preboot")]).write_empty()?;
                Ok(())
            });
        }
        // The findings are sorted by file.
        for findings in report.findings.chunk_by(|a, b| a.path == b.path) {
            let Some(first) = findings.first() else { continue };
            let path = report.shown(&first.path);
            suite(writer, &path, findings.len(), |writer| findings.iter().try_for_each(|it| case(writer, &path, it, &places)))?;
        }
        Ok(())
    })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

type XmlWriter = Writer<Vec<u8>>;

fn suite(writer: &mut XmlWriter, name: &str, failures: usize, content: impl FnOnce(&mut XmlWriter) -> io::Result<()>) -> io::Result<()> {
    let (tests, failures) = (failures.max(1).to_string(), failures.to_string());
    let name = escape(name);
    let attributes = [("name", &*name), ("tests", &tests), ("failures", &failures)];
    writer.create_element("testsuite").with_attributes(attributes).write_inner_content(content)?;
    Ok(())
}

fn case(writer: &mut XmlWriter, path: &str, finding: &Finding, places: &Places<'_>) -> io::Result<()> {
    let at = places.extent(CodeVersion::Working, &finding.path, finding.span);
    let name = format!("{} {}", finding.rule.code, finding.rule.name);
    let path = escape(path);
    let (line, column) = (at.line.to_string(), at.column.to_string());
    let attributes = [("name", name.as_str()), ("classname", &path), ("file", &path), ("line", &line), ("column", &column)];
    writer.create_element("testcase").with_attributes(attributes).write_inner_content(|writer| {
        let message = escape(&finding.message);
        let text = match &finding.help {
            Some(help) => format!("{path}:{line}:{column}: {message}\nhelp: {}", escape(help)),
            None => format!("{path}:{line}:{column}: {message}"),
        };
        let failure = writer.create_element("failure").with_attributes([("type", finding.severity.name()), ("message", &message)]);
        failure.write_text_content(BytesText::new(&text))?;
        Ok(())
    })?;
    Ok(())
}
