//! ONNX Runtime and the models: runtime, manifest, one file a model, typed in and out.
