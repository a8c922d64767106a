//! What tests share. The root of a test binary imports these modules, and its tests name them from
//! there: `crate::harness`.

pub(crate) mod browser;
pub(crate) mod compiled;
pub(crate) mod harness;
pub(crate) mod needs;
pub(crate) mod program;
pub(crate) mod served;
pub(crate) mod web_server;
