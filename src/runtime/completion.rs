//! The promise behind an asynchronous call: its completion function runs exactly once.

use super::Dispatcher;
use crate::error::{Error, Result};
use crate::sync::Arc;

type Report = Box<dyn FnOnce(Result<()>) + Send>;

/// A result owed to the application. Consumed to report it; the application's function then
/// runs where the dispatcher runs it, later, never inside the call.
///
/// Dropping one unreported is a defect in the library (an operation panicked), and is reported
/// as 7400201.
pub(crate) struct Completion {
    report: Option<Report>,
    dispatcher: Arc<Dispatcher>,
}

impl Completion {
    /// `None` when the dispatcher is coming to its end: the call is to be refused.
    pub(crate) fn new(
        dispatcher: Arc<Dispatcher>,
        report: impl FnOnce(Result<()>) + Send + 'static,
    ) -> Option<Completion> {
        dispatcher.promise().then(|| Completion { report: Some(Box::new(report)), dispatcher })
    }

    /// Reports the result.
    pub(crate) fn complete(mut self, result: Result<()>) {
        if let Some(report) = self.report.take() {
            self.dispatcher.post_promised(move || report(result));
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        if let Some(report) = self.report.take() {
            let error =
                Error::fatal("the operation ended without a result: a defect in camera-session, please report it");
            self.dispatcher.post_promised(move || report(Err(error)));
        }
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::runtime::Mode;
    use crate::sync::Mutex;

    type Results = Arc<Mutex<Vec<Result<()>>>>;

    fn recorded() -> (Arc<Dispatcher>, Results, Completion) {
        let dispatcher = Dispatcher::new(Mode::Caller).unwrap();
        let results = Arc::new(Mutex::new(Vec::new()));
        let sink = results.clone();
        let completion = Completion::new(dispatcher.clone(), move |result| sink.lock().push(result)).unwrap();
        (dispatcher, results, completion)
    }

    #[test]
    fn runs_once_and_never_inside_the_call() {
        let (dispatcher, results, completion) = recorded();
        completion.complete(Ok(()));
        assert!(results.lock().is_empty());
        dispatcher.dispatch().unwrap();
        dispatcher.dispatch().unwrap();
        assert_eq!(*results.lock(), [Ok(())]);
    }

    #[test]
    fn what_was_promised_is_waited_for_and_nothing_more_is_promised() {
        let (dispatcher, results, completion) = recorded();
        dispatcher.close();
        let refused = Completion::new(dispatcher.clone(), |_| ());
        assert!(refused.is_none());
        let late = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            completion.complete(Ok(()));
        });
        dispatcher.shut_down();
        assert_eq!(*results.lock(), [Ok(())], "before the end is over");
        late.join().unwrap();
    }

    #[test]
    fn dropped_unreported_it_reports_the_defect() {
        let (dispatcher, results, completion) = recorded();
        drop(completion);
        dispatcher.dispatch().unwrap();
        assert_eq!(results.lock()[0].as_ref().unwrap_err().code(), Code::ServiceFatalError);
    }
}
