//! Separate outputs in CLAP: chosen by the host among the configurations; and hosts that choose them and
//! then leave them out.

use std::ffi::c_char;

use base64::Engine as _;
use clap_sys::ext::audio_ports::{
    CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config,
};
use serde_json::{Value, json};

use crate::raw::{Event, Plugin, Ports, call};
use crate::{CONSORT, Dice, FRAMES, RATE, STATES, STEMS, is_fine};

const KIT: &[u8] = include_bytes!("../../plugin-assets/factory/tight-70s-funk-kit.consort");

fn text(name: &[c_char]) -> String {
    let bytes = name.iter().map(|c| *c as u8);
    String::from_utf8(bytes.take_while(|byte| *byte != 0).collect()).expect("UTF-8")
}

impl Plugin {
    /// Names of all outputs.
    pub fn outputs(&self) -> Vec<String> {
        let ports: *const clap_plugin_audio_ports = self.extension(CLAP_EXT_AUDIO_PORTS);
        let name = |index| {
            // SAFETY: numbers and arrays of them, of which zero is one.
            let mut info: clap_audio_port_info = unsafe { std::mem::zeroed() };
            assert!(call!(ports, get, self.plugin, index, false, &mut info));
            assert_eq!(info.channel_count, 2);
            text(&info.name)
        };
        (0..self.ports(false)).map(name).collect()
    }

    /// Names and numbers of outputs of all configurations.
    pub fn configurations(&self) -> Vec<(String, u32)> {
        let configs: *const clap_plugin_audio_ports_config =
            self.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
        let read = |index| {
            // SAFETY: as above.
            let mut config = unsafe { std::mem::zeroed() };
            assert!(call!(configs, get, self.plugin, index, &mut config));
            assert_eq!((config.id, config.input_port_count), (index, 1));
            (text(&config.name), config.output_port_count)
        };
        let count = call!(configs, count, self.plugin);
        (0..count).map(read).collect()
    }

    /// Chooses a configuration; only while inactive.
    pub fn choose(&mut self, config: u32) -> bool {
        let configs: *const clap_plugin_audio_ports_config =
            self.extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
        call!(configs, select, self.plugin, config)
    }
}

/// A kit, with separate outputs or not.
fn kit(separate: bool) -> Vec<u8> {
    let mut state: Value = serde_json::from_slice(STATES[0].1).expect("JSON");
    let kit = base64::engine::general_purpose::STANDARD.encode(KIT);
    state["fields"]["instrument"] = Value::from(Value::from(kit).to_string());
    state["params"]["outs"] = json!({ "bool": separate });
    serde_json::to_vec(&state).expect("JSON")
}

fn open(separate: bool, config: u32) -> Plugin {
    let mut plugin = Plugin::create(CONSORT);
    assert!(plugin.load_json(&kit(separate)));
    assert!(plugin.choose(config));
    plugin.activate(RATE, FRAMES as u32);
    plugin
}

fn peaks(ports: &Ports) -> Vec<f32> {
    let peak = |output: &[Vec<f32>; 2]| {
        let samples = output.iter().flatten();
        samples.fold(0.0_f32, |peak, x| peak.max(x.abs()))
    };
    ports.outputs.iter().map(peak).collect()
}

/// Strikes a key until its sound is there.
fn strike(plugin: &mut Plugin, key: i16) -> Vec<f32> {
    for _ in 0..1_000 {
        let mut ports = Ports::new(plugin, FRAMES);
        let on = [Event::on(7, key)];
        assert!(is_fine(plugin.process(
            FRAMES as u32,
            &on,
            None,
            &mut ports
        )));
        let peaks = peaks(&ports);
        if peaks.iter().any(|peak| *peak > 1e-3) {
            return peaks;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("key {key} has no sound");
}

#[test]
fn the_host_chooses_among_two_configurations_of_which_the_first_is_what_there_was() {
    let mut plugin = Plugin::create(CONSORT);
    let listed = [("Stereo with sidechain", 1), ("Separate outputs", 16)];
    let listed = listed.map(|(name, outputs)| (name.to_owned(), outputs));
    assert_eq!(plugin.configurations(), listed);
    assert_eq!(plugin.outputs(), ["Output"]);
    assert!(plugin.choose(1));
    let names = plugin.outputs();
    assert_eq!(names.len(), 16);
    assert_eq!(
        [&names[0], &names[1], &names[4], &names[15]],
        ["Output", "Kick", "Closed hat", "Lead"]
    );
    assert!(!plugin.choose(2));
    assert!(plugin.choose(0));
    assert_eq!(plugin.outputs(), ["Output"]);
    assert_eq!(Plugin::create(STEMS).configurations().len(), 1);
}

#[test]
fn pieces_leave_where_the_host_and_the_user_want_them() {
    for (separate, config, expected) in [(true, 1, 2), (false, 1, 0), (true, 0, 0)] {
        let mut plugin = open(separate, config);
        let peaks = strike(&mut plugin, 38);
        for (output, peak) in peaks.iter().enumerate() {
            assert_eq!(*peak > 1e-3, output == expected, "{separate} {config}");
        }
    }
}

#[test]
fn separate_outputs_that_are_left_out_take_nothing_down() {
    let mut plugin = open(true, 1);
    strike(&mut plugin, 36);
    let mut dice = Dice(23);
    for turn in 0..300 {
        let mut ports = Ports::new(&plugin, FRAMES);
        match turn % 6 {
            0 => ports.most = dice.below(16) as usize,
            1 => ports.leave_out(turn % 4 == 1, true, turn % 8 == 1),
            2 => ports.null_channels(),
            3 => {
                let bus = dice.below(16) as usize;
                ports.lacking = vec![(bus, 0), (bus, 1)];
            }
            4 => ports.lacking = vec![(dice.below(16) as usize, dice.below(2) as usize)],
            _ => {}
        }
        let on = [Event::on(3, 30 + dice.below(60) as i16)];
        let frames = [1, 64, FRAMES as u32][dice.below(3) as usize];
        plugin.process(frames, &on, None, &mut ports);
        assert!(
            ports
                .outputs
                .iter()
                .flatten()
                .flatten()
                .all(|x| x.is_finite())
        );
    }
    let peaks = strike(&mut plugin, 36);
    assert!(peaks[1] > 1e-3, "it plays on");
}
