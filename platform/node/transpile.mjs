/**
 * A thread that makes what Node runs of a component: the code that connects the component's modules, as text, and the
 * modules. jco's transpiler needs much memory, which is free again when the thread ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

const { files } = await transpileBytes(workerData, {
  emitTypescriptDeclarations: false,
  // The instance gives the component its imports, one WebAssembly.Instance after the other.
  instantiation: 'sync',
  name: 'component',
  wasiShim: false,
});
parentPort.postMessage(files);
