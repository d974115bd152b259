//! A trace, as the library's session recording writes it (`crate::trace`, `recorder::trace`): the
//! same camera again, with its numbers, its times, and what went wrong with it.
//!
//! Each start of the stream plays the next run of the trace, and behind the last the first again,
//! unless the camera was unplugged at last. Where the application had stopped the stream nobody knows
//! what would have come, so nothing comes.

use super::input::Input;
use super::matroska::{Block, Blocks, Head, LONE_RATE, LONGEST_VALUE};
use super::{Facts, Item, NotBegun, Picture, Reader, Told, Unplugged};
use crate::backend::{CameraFacts, CameraInfo};
use crate::error::{Code, Error, Result};
use crate::trace::{self, Event, Line, Setup, Tag, tag};

pub(super) struct Trace {
    input: Input,
    facts: Facts,
    tags: Vec<Tag>,
    pictures: u64,
    lines: u64,
    /// The first cluster.
    first: u64,
    blocks: Blocks,
    /// Where the newest item was looked for.
    read_from: u64,
    /// When the present run began, in the trace's time.
    begun_ns: i64,
    /// The application had stopped the stream by now.
    stopped: bool,
    /// When the newest item is due.
    newest_ns: u64,
    found: Option<Block>,
}

/// Is this the head of a trace?
pub(super) fn is_trace(head: &Head) -> bool {
    tag(&head.tags, trace::MARK).is_some()
}

/// What the camera of a trace is.
pub(super) fn camera(head: &Head, id: String, path: String) -> CameraInfo {
    CameraInfo::from_tags(&head.tags, id, path)
}

impl Trace {
    pub(super) fn new(input: Input, head: Head) -> Result<Trace> {
        let version = tag(&head.tags, trace::MARK).unwrap_or_default();
        if version != trace::VERSION {
            return Err(input.refuse(format!(
                "it is a session recording of version \"{}\", and version {} is played: take a newer camera-session",
                version.escape_default(),
                trace::VERSION
            )));
        }
        let setup = Setup::from_tags(&head.tags)
            .map_err(|name| input.refuse(format!("the tag {name} of this session recording is missing or wrong")))?;
        let number = |wanted: &dyn Fn(&super::matroska::Track) -> bool| {
            head.tracks.iter().find(|track| wanted(track)).map(|track| track.number)
        };
        let tracks = number(&|track| track.width > 0).zip(number(&|track| track.codec == "S_TEXT/UTF8"));
        let (pictures, lines) =
            tracks.ok_or_else(|| input.refuse("this session recording lacks one of its two tracks".into()))?;
        let first = head.cluster.ok_or_else(|| input.refuse("nothing was recorded in it".into()))?;
        let rate = setup.rate.unwrap_or(LONE_RATE);
        let facts = Facts::new(&input, setup.format, setup.size, rate, setup.colour)?;
        Ok(Trace {
            input,
            facts: Facts { recorded: true, ..facts },
            tags: head.tags,
            pictures,
            lines,
            first,
            blocks: Blocks::from(first),
            read_from: first,
            begun_ns: 0,
            stopped: false,
            newest_ns: 0,
            found: None,
        })
    }

    /// The text of a block, if it is a line that is known.
    fn line(&self, block: Block) -> Result<Option<Line>> {
        let length = (block.end - block.start).min(LONGEST_VALUE);
        let mut bytes = vec![0; length as usize];
        let filled = self.input.read(block.start, &mut bytes)?;
        Ok(Line::parse(&String::from_utf8_lossy(&bytes[..filled])))
    }

    /// The next line.
    fn next_line(&mut self) -> Result<Option<Line>> {
        while let Some(block) = self.blocks.next(&mut self.input, &[self.lines])? {
            if let Some(line) = self.line(block)? {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// When a line of the run is due: never before the one before it.
    fn due(&mut self, line: &Line) -> u64 {
        let time = u64::try_from(line.at_ns.saturating_sub(self.begun_ns)).unwrap_or(0);
        self.newest_ns = self.newest_ns.max(time);
        self.newest_ns
    }

    /// What comes of a frame; `None`: a gap.
    fn frame(&mut self, time_ns: u64, told: Told) -> Result<Option<Item>> {
        let line = self.blocks;
        let found = self.blocks.next(&mut self.input, &[self.pictures, self.lines])?;
        match found {
            Some(block) if block.track == self.pictures => {
                self.found = Some(block);
                let key = told.flags & crate::frame::FrameInfo::KEYFRAME != 0;
                Ok(Some(Item::Picture(Picture { time_ns, key, told: Some(told) })))
            }
            // Cut off between the two.
            None => Ok(None),
            Some(_) => {
                self.blocks = line;
                Ok(Some(Item::Damaged { time_ns, number: told.number }))
            }
        }
    }

    /// The camera was unplugged at this time: how long after that it was started again, if it was.
    /// What comes next is looked for there: until then a start finds no camera, as it did.
    fn unplug(&mut self, at_ns: i64) -> Result<Unplugged> {
        let (here, mut before, mut begun) = (self.blocks, self.blocks, None);
        while let Some(line) = self.next_line()? {
            match (line.event, begun) {
                (Event::StartFailed(error), _) if error.code() == Code::DeviceDisabled => begun = None,
                (Event::Start | Event::StartFailed(_), None) => begun = Some((line.at_ns, before)),
                (_, Some(_)) => break,
                _ => {}
            }
            before = self.blocks;
        }
        self.blocks = begun.map_or(here, |(_, place)| place);
        Ok(begun.map(|(begun_ns, _)| u64::try_from(begun_ns.saturating_sub(at_ns)).unwrap_or(0)))
    }

    /// What a recorded failure does to the camera.
    fn effect(&mut self, at_ns: i64, error: &Error) -> Result<Option<Unplugged>> {
        Ok(if error.code() == Code::DeviceDisabled { Some(self.unplug(at_ns)?) } else { None })
    }

    fn end(&mut self, at_ns: i64, error: Error) -> Result<Item> {
        let unplugged = self.effect(at_ns, &error)?;
        Ok(Item::End { time_ns: self.newest_ns, error, unplugged, place: self.blocks.at })
    }
}

impl Trace {
    /// Does a run begin with this line?
    fn begin_with(&mut self, line: Line) -> Result<Option<std::result::Result<(), NotBegun>>> {
        Ok(match line.event {
            Event::Start => {
                (self.begun_ns, self.newest_ns, self.stopped) = (line.at_ns, 0, false);
                let behind = self.blocks;
                match self.next_line()? {
                    // It was tried.
                    Some(line @ Line { event: Event::StartFailed(_), .. }) => return self.begin_with(line),
                    _ => self.blocks = behind,
                }
                Some(Ok(()))
            }
            Event::StartFailed(error) => {
                let unplugged = self.effect(line.at_ns, &error)?;
                Some(Err((error, unplugged)))
            }
            // It was unplugged while nothing flowed, or before the application had stopped it.
            Event::End(error) if error.code() == Code::DeviceDisabled => {
                let unplugged = self.effect(line.at_ns, &error)?;
                Some(Err((error, unplugged)))
            }
            _ => None,
        })
    }
}

impl Reader for Trace {
    fn facts(&self) -> Facts {
        self.facts
    }

    fn camera(&self) -> CameraFacts {
        CameraFacts::from_tags(&self.tags)
    }

    fn begin(&mut self, from: &mut u64) -> std::result::Result<(), NotBegun> {
        // What was read ahead has not happened. Another reader may have been further on.
        self.blocks.at = self.read_from.max(*from).max(self.first);
        let mut is_anew = self.blocks.at == self.first;
        loop {
            let begun = match self.next_line().map_err(|error| (error, None))? {
                Some(line) => self.begin_with(line).map_err(|error| (error, None))?,
                None if is_anew => Some(Err((self.input.refuse("the stream was never started in it".into()), None))),
                None => {
                    (self.blocks, self.read_from, is_anew) = (Blocks::from(self.first), self.first, true);
                    None
                }
            };
            if let Some(begun) = begun {
                (*from, self.read_from) = (self.blocks.at, self.blocks.at);
                return begun;
            }
        }
    }

    fn next(&mut self) -> Result<Option<Item>> {
        self.read_from = self.blocks.at;
        loop {
            let before = self.blocks;
            let Some(line) = self.next_line()? else {
                if self.stopped {
                    return Ok(Some(Item::Silence));
                }
                let error = "the session recording ends here: start again to have it played anew";
                let error = Error::new(Code::DeviceDisabled, error);
                return Ok(Some(Item::End { time_ns: self.newest_ns, error, unplugged: None, place: self.blocks.at }));
            };
            let time_ns = self.due(&line);
            match line.event {
                Event::Frame { number, taken_ns, flags, picture: trace::Picture::Bytes(_) } => {
                    let timestamp_ns = taken_ns.saturating_sub(self.begun_ns);
                    if let Some(item) = self.frame(time_ns, Told { number, timestamp_ns, flags })? {
                        return Ok(Some(item));
                    }
                }
                Event::Corrupt(number) => return Ok(Some(Item::Damaged { time_ns, number })),
                Event::End(error) => return self.end(line.at_ns, error).map(Some),
                Event::Stop => self.stopped = true,
                Event::Start | Event::StartFailed(_) => {
                    // The next run's.
                    self.blocks = before;
                    return Ok(Some(Item::Silence));
                }
                _ => {}
            }
        }
    }

    fn read(&mut self, into: &mut [u8]) -> Result<Option<usize>> {
        let Some(block) = self.found else { return Ok(None) };
        let length = usize::try_from(block.end - block.start).unwrap_or(usize::MAX);
        let Some(into) = into.get_mut(..length).filter(|_| self.facts.fits(length)) else { return Ok(None) };
        Ok((self.input.read(block.start, into)? == length).then_some(length))
    }

    fn rewind(&mut self) {
        (self.blocks, self.stopped, self.newest_ns) = (Blocks::from(self.first), false, 0);
        (self.read_from, self.begun_ns, self.found) = (self.first, 0, None);
    }
}
