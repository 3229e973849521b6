//! Does what is asked: one ONNX Runtime, and the models in it.

use std::collections::HashMap;
use std::path::Path;

use consort_runner::library;
use consort_runner::onnx::{self, Said};
use consort_runner::wire::{self, Answer, Load, Open, Request, Run};
use ort::environment::Environment;
use ort::session::Session;

use super::devices;

/// Whoever asks is of another version.
const OTHER_VERSION: &str = "the two aren't of one version";

/// What is in memory.
#[derive(Default)]
pub struct Server {
    opened: Option<Opened>,
    models: HashMap<u32, Session>,
    last: u32,
}

struct Opened {
    environment: Environment,
    threads: usize,
}

impl Server {
    /// Does what a frame says.
    pub fn answer(&mut self, request: &[u8]) -> Answer {
        let done = match wire::understand(request) {
            Ok(Request::Open(open)) => self.open(&open),
            Ok(Request::Load(load)) => self.load(&load),
            Ok(Request::Run(run)) => self.run(&run),
            Ok(Request::Unload(models)) => {
                self.models.retain(|model, _| !models.contains(model));
                Ok(Answer::Unloaded)
            }
            Err(_) => Err(Said::of(OTHER_VERSION)),
        };
        done.unwrap_or_else(|said| Answer::Fault(onnx::first_line(&said.0).to_owned()))
    }

    fn open(&mut self, open: &Open) -> Result<Answer, Said> {
        if open.version != wire::VERSION {
            return Err(Said::of(OTHER_VERSION));
        }
        let named = Path::new(&open.library);
        let plugin = library::is_plugin(named).then_some(named);
        let path = match (plugin, &open.own) {
            (None, _) => named,
            (Some(_), Some(own)) => Path::new(own),
            (Some(_), None) => {
                return Err(Said::of("there is no ONNX Runtime to register it with"));
            }
        };
        // `ort` keeps it in memory, too.
        let (_library, runtime) = library::look(path, path).map_err(Said::of)?;
        let environment = ort::init_from(path)
            .map_err(Said::of)?
            .with_name("consort-runner")
            .with_telemetry(false)
            .build()
            .map_err(Said::of)?;
        if let Some(plugin) = plugin {
            environment
                .register_ep_library("consort", plugin)
                .map_err(Said::of)?;
        }
        let found = devices::found(&environment, path);
        self.opened = Some(Opened {
            environment,
            threads: open.threads.max(1),
        });
        Ok(Answer::Opened {
            version: wire::VERSION,
            runtime,
            found,
        })
    }

    fn load(&mut self, load: &Load<'_>) -> Result<Answer, Said> {
        let opened = self.opened.as_ref();
        let opened = opened.ok_or_else(|| Said::of("it isn't open"))?;
        let begun = onnx::builder(&opened.environment, load.usage, opened.threads)?;
        let (environment, threads) = (&opened.environment, opened.threads);
        let session = devices::choose(environment, begun, load.provider, &load.device, threads)?
            .commit_from_memory(&load.onnx)
            .map_err(Said::of)?;
        let (inputs, outputs) = (
            onnx::slots(session.inputs()),
            onnx::slots(session.outputs()),
        );
        self.last += 1;
        self.models.insert(self.last, session);
        Ok(Answer::Loaded {
            model: self.last,
            inputs,
            outputs,
        })
    }

    fn run(&mut self, run: &Run<'_>) -> Result<Answer, Said> {
        let session = self
            .models
            .get_mut(&run.model)
            .ok_or_else(|| Said::of("no such model is in memory"))?;
        let outputs = run.outputs.iter().map(AsRef::as_ref);
        onnx::run(session, &run.inputs, outputs).map(Answer::Ran)
    }
}
