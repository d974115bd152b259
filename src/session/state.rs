//! The states of a session and the one guard that says what each allows. Pure.

use crate::error::{Code, Error, Result};

/// Where a session is in its life. The numbers are Camera Kit's, not in life-cycle order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum State {
    /// New.
    Init = 0,
    /// Between begin and commit.
    Config = 1,
    /// Configured, not running.
    Committed = 2,
    /// Ended.
    Released = 3,
    /// Running.
    Started = 4,
}

impl State {
    /// Every state.
    pub(crate) const ALL: [State; 5] = [State::Init, State::Config, State::Committed, State::Released, State::Started];

    /// The state's name as the contract writes it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            State::Init => "INIT",
            State::Config => "CONFIG",
            State::Committed => "COMMITTED",
            State::Released => "RELEASED",
            State::Started => "STARTED",
        }
    }

    /// May a session go from this state to `next`?
    pub(crate) const fn may_become(self, next: State) -> bool {
        use State::{Committed, Config, Init, Released, Started};
        match self {
            Init => matches!(next, Config | Released),
            Config => matches!(next, Committed | Released),
            Committed => matches!(next, Config | Started | Released),
            Started => matches!(next, Config | Committed | Released),
            Released => false,
        }
    }

    pub(crate) fn from_number(number: u32) -> State {
        State::ALL.into_iter().find(|state| *state as u32 == number).unwrap_or(State::Released)
    }
}

/// What can be asked of a session, as far as its state matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// begin_config.
    BeginConfig,
    /// commit_config.
    CommitConfig,
    /// add_input, remove_input, add_output, remove_output.
    Configure,
    /// start.
    Start,
    /// stop.
    Stop,
    /// release.
    Release,
    /// start of a preview or video output.
    OutputStart,
    /// stop of a preview or video output.
    OutputStop,
    /// capture of a photo output.
    Capture,
    /// A control's getter or setter.
    Control,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Operation::BeginConfig => "begin_config",
            Operation::CommitConfig => "commit_config",
            Operation::Configure => "changing inputs and outputs",
            Operation::Start => "start",
            Operation::Stop => "stop",
            Operation::Release => "release",
            Operation::OutputStart => "an output's start",
            Operation::OutputStop => "an output's stop",
            Operation::Capture => "capture",
            Operation::Control => "a control",
        }
    }
}

/// The contract's table of operation and state: the code of a refusal.
const fn refusal(operation: Operation, state: State) -> Option<Code> {
    use Code::{OperationNotAllowed, ServiceFatalError, SessionConfigLocked, SessionNotConfig, SessionNotRunning};
    use State::{Committed, Config, Init, Released, Started};
    match (operation, state) {
        (Operation::BeginConfig, Config) => Some(SessionConfigLocked),
        (Operation::BeginConfig, Released) => Some(ServiceFatalError),
        (Operation::CommitConfig | Operation::Configure, Init | Committed | Released | Started) => {
            Some(OperationNotAllowed)
        }
        (Operation::Start, Init | Config | Released) => Some(SessionNotConfig),
        (Operation::Start, Started) => Some(ServiceFatalError),
        (Operation::Stop, Init | Config | Committed | Released) => Some(ServiceFatalError),
        (Operation::Release, Released) => Some(ServiceFatalError),
        (Operation::OutputStart | Operation::Control, Init | Config | Released) => Some(SessionNotConfig),
        (Operation::OutputStop, Init | Config | Released) => Some(ServiceFatalError),
        (Operation::Capture, Init | Config | Released) => Some(SessionNotRunning),
        _ => None,
    }
}

/// What to do instead, for the detail.
const fn advice(operation: Operation, state: State) -> &'static str {
    match (operation, state) {
        (Operation::Release, State::Released) => "it was released before: once is enough",
        (_, State::Released) => "the session is released: create a new one",
        (Operation::BeginConfig, _) => "commit the configuration that was begun",
        (Operation::CommitConfig | Operation::Configure, _) => "call camera_session_begin_config() first",
        (Operation::Start, State::Started) => "it runs already",
        (Operation::Stop, _) => "only a started session can be stopped",
        (_, State::Init) => "begin and commit a configuration first",
        _ => "commit the configuration first",
    }
}

/// Is the operation allowed in this state? The only place that decides.
pub(crate) fn check(operation: Operation, state: State) -> Result<()> {
    match refusal(operation, state) {
        None => Ok(()),
        Some(code) => Err(Error::new(
            code,
            format!("{} in state {}: {}", operation.name(), state.name(), advice(operation, state)),
        )),
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn transfers_are_those_of_the_contract() {
        let table = [
            (State::Init, vec![State::Config, State::Released]),
            (State::Config, vec![State::Committed, State::Released]),
            (State::Committed, vec![State::Config, State::Released, State::Started]),
            (State::Started, vec![State::Config, State::Committed, State::Released]),
            (State::Released, vec![]),
        ];
        for (from, to) in table {
            let allowed: Vec<_> = State::ALL.into_iter().filter(|next| from.may_become(*next)).collect();
            assert_eq!(allowed, to, "{from:?}");
        }
    }

    /// The rows of section 3, written down once more, as numbers: 0 allowed, else the code's
    /// last three digits, in the order INIT, CONFIG, COMMITTED, STARTED, RELEASED.
    #[test]
    fn every_cell_is_that_of_the_contract() {
        let rows = [
            (Operation::BeginConfig, [0, 105, 0, 0, 201]),
            (Operation::CommitConfig, [102, 0, 102, 102, 102]),
            (Operation::Configure, [102, 0, 102, 102, 102]),
            (Operation::Start, [103, 103, 0, 201, 103]),
            (Operation::Stop, [201, 201, 201, 0, 201]),
            (Operation::Release, [0, 0, 0, 0, 201]),
            (Operation::Control, [103, 103, 0, 0, 103]),
            (Operation::OutputStart, [103, 103, 0, 0, 103]),
            (Operation::OutputStop, [201, 201, 0, 0, 201]),
            (Operation::Capture, [104, 104, 0, 0, 104]),
        ];
        let states = [State::Init, State::Config, State::Committed, State::Started, State::Released];
        for (operation, codes) in rows {
            for (state, code) in states.into_iter().zip(codes) {
                let answer = check(operation, state).map_or_else(|error| error.code().number() - 7400000, |()| 0);
                assert_eq!(answer, code, "{operation:?} in {state:?}");
            }
        }
    }
}
