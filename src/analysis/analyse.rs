//! From a request to the answer, once.

use super::Analysis;
use super::request::{Request, RequestError};
use super::session::Session;

/// Judges the change between the deployed and the working code, and finds the references left behind.
pub fn analyse(request: Request) -> Result<Analysis, RequestError> {
    let session = Session::open(request)?;
    let mut analysis = session.judge();
    analysis.leftovers = session.leftovers(&analysis);
    analysis.deployed_sql = session.deployed_sql(&analysis);
    // Whoever asks once ends soon: to give back hundreds of thousands of small allocations would cost a tenth of the run.
    std::mem::forget(session);
    Ok(analysis)
}
