//! Time of a whole instrument, and of the first column a player waits for.

use std::hint::black_box;
use std::ops::ControlFlow;

use consort::instrument::{Instrument, render};
use criterion::{Criterion, criterion_group, criterion_main};

fn render(c: &mut Criterion) {
    let instrument = Instrument::factory();
    let columns = |order: &[u8]| {
        let mut ready = |_, column| {
            black_box(column);
            ControlFlow::Continue(())
        };
        render::render_columns(
            &instrument,
            48_000.0,
            &instrument.macros,
            order,
            &|| false,
            &mut ready,
        )
    };
    let order = render::order(&instrument, 60);
    let mut group = c.benchmark_group("render");
    group.sample_size(10);
    group.bench_function("first column", |b| b.iter(|| columns(&order[..1])));
    group.bench_function("whole instrument", |b| b.iter(|| columns(&order)));
    group.finish();
}

criterion_group!(benches, render);
criterion_main!(benches);
