//! What the implementations in this program say of themselves.

use crate::protocol::{Hello, ImplementationInfo, PROTOCOL_VERSION};
use crate::signature::{InputKind, Op};

/// How many requests may be under way: enough that neither side waits for the other.
const MAX_IN_FLIGHT: u32 = 4096;

/// The hello of an implementation that does all that the protocol has, by the suites that are named
/// or by any.
pub(crate) fn own_hello(name: &str, notes: Option<String>, suites: Option<Vec<String>>) -> Hello {
    let ops = Op::ALL.into_iter().map(Op::name).chain(["compare"]);
    let inputs = InputKind::ALL.into_iter().map(InputKind::name);
    Hello {
        protocol: PROTOCOL_VERSION,
        implementation: ImplementationInfo {
            name: name.to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            language: Some("rust".to_owned()),
            notes,
        },
        suites,
        ops: Some(ops.map(str::to_owned).collect()),
        clock: None,
        inputs: Some(inputs.map(str::to_owned).collect()),
        max_in_flight: Some(MAX_IN_FLIGHT),
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::Incoming;
    use crate::signature::Op;

    /// The protocol reads words, so the compiler does not miss one.
    #[test]
    fn every_operation_that_is_declared_is_read() {
        for op in Op::ALL {
            let line = format!(
                r#"{{"id":1,"op":"{op}","suite":"jimo","secret":"s","fields":{{}},"token":"t","now":1}}"#
            );
            let read = Incoming::parse(line.as_bytes());
            assert!(
                matches!(&read, Ok(Incoming::Request { .. })),
                "{op}: {read:?}"
            );
        }
    }
}
