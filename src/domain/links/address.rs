//! Addresses that may be followed.

/// The longest address, in bytes.
const LONGEST: usize = 2000;

/// An address as it may be shown and followed: `http` or `https`, a host of letters, digits, dots and hyphens, a
/// port, no user name; what is no plain ASCII behind the host is percent-encoded. `None` for everything else.
pub fn address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") || text.chars().any(char::is_control) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if !is_host(host) || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let url = format!("{scheme}://{host}{port}{}", encoded(tail));
    (url.len() <= LONGEST).then_some(url)
}

/// Whether that is the name of a host.
pub(super) fn is_host(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let edges = |edge: char| host.starts_with(edge) || host.ends_with(edge);
    !host.is_empty() && host.len() <= 253 && host.bytes().all(plain) && !edges('.') && !edges('-')
}

/// What stands behind the host, with everything percent-encoded that could end it or hide in it.
fn encoded(tail: &str) -> String {
    let mut encoded = String::with_capacity(tail.len());
    for byte in tail.bytes() {
        let plain = byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'"' | b'\''
                    | b'<'
                    | b'>'
                    | b'\\'
                    | b'^'
                    | b'`'
                    | b'{'
                    | b'|'
                    | b'}'
                    | b'('
                    | b')'
                    | b'['
                    | b']'
            );
        if plain {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(hexadecimal(byte >> 4));
            encoded.push(hexadecimal(byte & 15));
        }
    }
    encoded
}

fn hexadecimal(digit: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(digit & 15)])
}
