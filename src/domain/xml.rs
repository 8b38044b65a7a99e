//! XML of reports, read as a stream. Nothing in a document can make this fetch, expand or hang: no DTD is
//! followed, only the five entities of XML are resolved, depth is bounded, time and
//! memory grow with the length of the document.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Elements that may stand inside each other.
const DEEPEST: usize = 128;
/// Attributes of one element that are looked at.
const MOST_ATTRIBUTES: usize = 64;

/// What comes next in a document.
pub(super) enum Node<'a> {
    /// An element begins, so many others around it.
    Open(Element<'a>, usize),
    /// It ends: its name without prefix, and how many others are around it.
    Close(&'a str, usize),
    /// Text in an element, in pieces.
    Text(&'a str),
}

/// The start of an element.
pub(super) struct Element<'a>(&'a BytesStart<'a>);

impl Element<'_> {
    /// Its name without prefix.
    pub(super) fn name(&self) -> &str {
        local(self.0.name().0)
    }

    /// The value of an attribute.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        // the check compares every attribute with every other
        let attributes = attributes.with_checks(false).take(MOST_ATTRIBUTES);
        let mut named = attributes.filter_map(Result::ok);
        let found = named.find(|attribute| attribute.key.0 == name)?;
        let value = found.normalized_value(XmlVersion::Implicit1_0);
        Some(value.unwrap_or(found.value).into_owned())
    }

    /// A whole number. Thousands may be parted by commas.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.trim().replace(',', "").parse().ok()
    }

    /// Any number.
    pub(super) fn float(&self, name: &str) -> Option<f64> {
        self.text(name)?.trim().replace(',', "").parse().ok()
    }
}

/// Shows every node of a document in order, until `visit` says that it is not wanted. `None`: it is not
/// wanted, it is not well-formed or ends too early, or elements are nested too deeply.
pub(super) fn walk(bytes: &[u8], mut visit: impl FnMut(Node<'_>) -> bool) -> Option<()> {
    // what is not UTF-8 is most often the output of a test; names and numbers are ASCII
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&text);
    // output that no tool has escaped
    reader.config_mut().allow_dangling_amp = true;
    let mut depth = 0_usize;
    let mut elements = false;
    loop {
        let go_on = match reader.read_event().ok()? {
            Event::Start(start) => {
                elements = true;
                depth += 1;
                depth <= DEEPEST && visit(Node::Open(Element(&start), depth - 1))
            }
            Event::Empty(start) => {
                elements = true;
                visit(Node::Open(Element(&start), depth))
                    && visit(Node::Close(local(start.name().0), depth))
            }
            Event::End(end) => {
                depth = depth.checked_sub(1)?;
                visit(Node::Close(local(end.name().0), depth))
            }
            Event::Text(text) => visit(Node::Text(&text)),
            Event::CData(text) => visit(Node::Text(&text)),
            Event::Eof => return (elements && depth == 0).then_some(()),
            Event::GeneralRef(entity) => match resolve_predefined_entity(&entity) {
                Some(text) => visit(Node::Text(text)),
                None => true,
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => true,
        };
        if !go_on {
            return None;
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
