//! Frame rates of previews and videos: those that the camera has for an output, the one that it gives,
//! and another one, also while it streams.

use super::plan::{self, Want};
use super::stream::ActiveStream;
use super::{Committed, Session, SessionEvent, modes_for, stream_config};
use crate::backend::NativeMode;
use crate::camera::{Input, capability};
use crate::error::{Code, Error, Result};
use crate::format::RateRange;
use crate::output::Output;
use crate::sync::Arc;

/// A wish that a stream is made anew for: how it is granted, and how it is taken back.
pub(super) struct Change<'a> {
    pub(super) make: &'a dyn Fn(),
    pub(super) undo: &'a dyn Fn(),
}

impl Session {
    fn rates_input(&self) -> Result<Arc<Input>> {
        let input = self.config.lock().input.clone();
        input.ok_or_else(|| Error::new(Code::SessionNotConfig, "the session has no input"))
    }

    /// The ranges that its camera has for the output.
    pub(super) fn rates_offered(&self, output: &Output) -> Result<Vec<RateRange>> {
        supported(&*self.rates_input()?, output)
    }

    /// The rate that was committed; before that, the range that the output asks for.
    pub(super) fn rates_now(&self, output: &Output) -> Result<RateRange> {
        let committed = self.config.lock().committed.as_ref().map(|committed| committed.plan.rate);
        match (committed, output.rates()) {
            (Some(Some(rate)), _) => Ok(RateRange { min: rate.rounded(), max: rate.rounded() }),
            (_, Some(asked)) => Ok(asked),
            (Some(None), None) => Ok(capability::UNTOLD),
            (None, None) => Err(Error::new(
                Code::SessionNotConfig,
                format!("the {} output asks for no rate, and commit has chosen none yet", output.kind().name()),
            )),
        }
    }

    /// Narrows the rates of an output, of a stream that was committed at once.
    pub(super) fn change_rates(&self, output: &Arc<Output>, rates: RateRange) -> Result<()> {
        let (outputs, stream, committed) = {
            let config = self.config.lock();
            (config.outputs.clone(), config.stream.clone(), config.committed.clone())
        };
        let input = self.rates_input()?;
        check_supported(&input, output, rates)?;
        if output.rates() == Some(rates) {
            return Err(Error::invalid(format!("the frame rate is {} to {} already", rates.min, rates.max)));
        }
        let with_rates = |other: &Arc<Output>, want: Want| Want {
            rates: if Arc::ptr_eq(other, output) { Some(rates) } else { other.rates() },
            ..want
        };
        // What was committed goes on with what it has.
        let detector = committed.as_ref().map_or_else(|| self.detector.get(), |committed| committed.detector.clone());
        let wanted = || -> Vec<Want> {
            let wants =
                outputs.iter().filter_map(|other| Some(with_rates(other, self.want(other, detector.as_deref())?)));
            wants.collect()
        };
        let Some((stream, committed)) = stream.zip(committed) else {
            // Whether one stream can serve all is commit's question: outputs may still change.
            plan::check_rates(&wanted())?;
            output.set_rates(Some(rates));
            return Ok(());
        };
        // Those that are left of the committed ones, served as they were committed.
        let mut present = committed.plan.clone();
        let left = committed.served.iter().zip(&committed.plan.ways).filter(|((other, _), _)| !other.is_released());
        let (wants, ways): (Vec<Want>, Vec<_>) =
            left.map(|((other, want), way)| (with_rates(other, *want), *way)).unzip();
        let same = |mode: &NativeMode| (mode.format, mode.size) == (present.format, present.size);
        let modes: Vec<NativeMode> = modes_for(&input, &wants)?.into_iter().filter(same).collect();
        let next = match plan::plan(&modes, &wants, self.wishes().priority) {
            Ok(next) if next.ways == ways => next,
            // Another mode, or another way to an output: everything is made anew, if it can be.
            _ => {
                self.plan_for(&input, &wanted())?;
                let before = output.rates();
                let make = || output.set_rates(Some(rates));
                let undo = || output.set_rates(before);
                return self.replace_stream(&stream, &input, &outputs, &Change { make: &make, undo: &undo });
            }
        };
        let device = input.device()?;
        stream
            .reconfigure(|| device.configure(&stream_config(&next)), || device.configure(&stream_config(&present)))?;
        self.zoom_again(&stream, &device, &present)?;
        output.set_rates(Some(rates));
        present.rate = next.rate;
        self.adopt(stream, Committed { plan: present, ..committed });
        Ok(())
    }

    /// Configures the device anew for what outputs want otherwise; what ran runs again. If the driver
    /// refuses, everything is as before.
    pub(super) fn replace_stream(
        &self,
        old: &Arc<ActiveStream>,
        input: &Arc<Input>,
        outputs: &[Arc<Output>],
        change: &Change<'_>,
    ) -> Result<()> {
        let committed = self.config.lock().committed.clone();
        let Some(Committed { options, detector, .. }) = committed else {
            (change.make)();
            return Ok(());
        };
        let configure = || self.configure(input, outputs, options, detector.clone());
        let running = old.running();
        let captures = old.take_captures();
        old.close();
        (change.make)();
        let replaced = configure();
        let refused = replaced.as_ref().err().cloned();
        let (stream, committed) = match replaced {
            Ok(made) => made,
            Err(_) => {
                (change.undo)();
                // Without either there is no stream any more, which is news for everyone.
                match configure() {
                    Ok(made) => made,
                    Err(lost) => {
                        captures.fail(&lost);
                        self.events.emit(SessionEvent::Failed(lost.clone()));
                        self.wait_for_camera(true);
                        return Err(lost);
                    }
                }
            }
        };
        self.adopt(stream.clone(), committed);
        stream.give_captures(captures);
        let resumed = stream.resume(&running);
        refused.map_or(resumed, Err)
    }
}

/// The ranges of rates that the camera has for the output.
fn supported(input: &Input, output: &Output) -> Result<Vec<RateRange>> {
    let profile = output.profile();
    let wanted = Want::plain(output.kind(), profile, None);
    let modes = modes_for(input, &[wanted])?;
    let serving: Vec<_> = capability::serving(&modes, &profile).collect();
    Ok(capability::rate_ranges(&serving))
}

/// Does the camera reach these rates for the output? 7400101 otherwise.
fn check_supported(input: &Input, output: &Output, rates: RateRange) -> Result<()> {
    let supported = supported(input, output)?;
    let within = |range: &RateRange| range.min <= rates.min && rates.max <= range.max;
    // A span says nothing about what lies between its rates: one of them must be meant.
    let single = |range: &RateRange| range.min == range.max && rates.min <= range.min && range.max <= rates.max;
    let reachable = supported.iter().any(single) || supported.contains(&capability::UNTOLD);
    if !(reachable && supported.iter().any(within)) {
        let rates_there: Vec<String> =
            supported.iter().filter(|range| range.min == range.max).map(|range| range.max.to_string()).collect();
        return Err(Error::invalid(format!(
            "camera {} has {} frames per second for {}: {} to {} holds none of them, or reaches beyond them",
            input.id(),
            if rates_there.is_empty() { "1 to 30".to_owned() } else { rates_there.join(", ") },
            output.profile(),
            rates.min,
            rates.max,
        )));
    }
    Ok(())
}
