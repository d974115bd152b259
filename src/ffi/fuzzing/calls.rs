//! Calls of the interface as a run makes them: each result is looked at.

/// Calls a function of the interface; true when it succeeded.
macro_rules! call {
    ($run:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        // SAFETY: handles may be anything. Other pointers are NULL or to what lives until the call
        // has returned; functions and their user data live until the run has ended everything.
        let code = unsafe { $function($($argument),*) };
        $run.check(stringify!($function), code)
    }};
}

/// Makes an object and keeps its handle.
macro_rules! make {
    ($run:expr, $kind:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        // What no success leaves there.
        let mut out = UNTOUCHED as *mut _;
        let missing = $run.byte() == 255;
        let at = if missing { null_mut() } else { &raw mut out };
        let made = call!($run, $function($($argument,)* at));
        $run.made(stringify!($function), $kind, made && !missing, out as usize);
    }};
}

/// An asynchronous call.
macro_rules! later {
    ($run:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        let (function, data): (camera_completion_fn, _) = if $run.byte() == 255 {
            (None, null_mut())
        } else {
            (Some(completed), $run.keep(stringify!($function), true))
        };
        let accepted = call!($run, $function($($argument,)* function, data));
        $run.settle(data, accepted);
    }};
}

/// A call that stores a callback; sometimes without one, or with nothing to destroy it.
macro_rules! store {
    ($run:expr, $callback:ident, $function:ident($($argument:expr),* $(,)?) $($last:expr)?) => {{
        let removes = $run.byte() % 8 == 7;
        let data = if removes { null_mut() } else { $run.keep(stringify!($function), false) };
        let destroy: camera_destroy_fn = if removes { None } else { Some(destroyed) };
        let accepted =
            call!($run, $function($($argument,)* if removes { None } else { Some($callback) }, data, destroy $(, $last)?));
        $run.settle(data, accepted);
    }};
}
