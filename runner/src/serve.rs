//! Does what is asked: one ONNX Runtime, and the models in it.

use std::collections::HashMap;
use std::path::Path;

use consort_runner::wire::{self, Answer, Load, Open, Request, Run};
use consort_runner::{library, onnx};
use ort::environment::Environment;
use ort::session::Session;

use super::devices;

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
            Err(_) => Err("the two aren't of one version".to_owned()),
        };
        done.unwrap_or_else(|said| Answer::Fault(onnx::first_line(&said).to_owned()))
    }

    fn open(&mut self, open: &Open) -> Result<Answer, String> {
        if open.version != wire::VERSION {
            return Err("the two aren't of one version".to_owned());
        }
        let named = Path::new(&open.library);
        let plugin = library::is_plugin(named).then_some(named);
        let path = match (plugin, &open.own) {
            (None, _) => named,
            (Some(_), Some(own)) => Path::new(own),
            (Some(_), None) => return Err("there is no ONNX Runtime to register it with".into()),
        };
        // `ort` keeps it in memory, too.
        let (_library, runtime) = library::look(path, path)?;
        let environment = ort::init_from(path)
            .map_err(|e| e.to_string())?
            .with_name("consort-runner")
            .with_telemetry(false)
            .build()
            .map_err(|e| e.to_string())?;
        if let Some(plugin) = plugin {
            environment
                .register_ep_library("consort", plugin)
                .map_err(|e| e.to_string())?;
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

    fn load(&mut self, load: &Load<'_>) -> Result<Answer, String> {
        let opened = self.opened.as_ref().ok_or("it isn't open")?;
        let begun = onnx::builder(&opened.environment, load.usage, opened.threads)?;
        let (environment, threads) = (&opened.environment, opened.threads);
        let session = devices::choose(environment, begun, load.provider, &load.device, threads)?
            .commit_from_memory(&load.onnx)
            .map_err(|e| e.to_string())?;
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

    fn run(&mut self, run: &Run<'_>) -> Result<Answer, String> {
        let session = self
            .models
            .get_mut(&run.model)
            .ok_or("no such model is in memory")?;
        let outputs = run.outputs.iter().map(AsRef::as_ref);
        onnx::run(session, &run.inputs, outputs).map(Answer::Ran)
    }
}
