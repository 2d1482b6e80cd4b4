// Arrays between Python and the browser: {dtype, shape, data} with binary data.
import type { Binary, Dtype, Wire } from "./types";

const ARRAYS = { float32: Float32Array, uint8: Uint8Array, int32: Int32Array } as const;

export type ArrayOf<D extends Dtype> = InstanceType<(typeof ARRAYS)[D]>;

function bytesOf(data: Binary): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The typed array behind a wire value; copied only when its bytes start off the type's grid. */
export function decode<D extends Dtype>(wire: Wire<D>): ArrayOf<D> {
  const Type = ARRAYS[wire.dtype];
  const size = Type.BYTES_PER_ELEMENT;
  let bytes = bytesOf(wire.data);
  const wanted = wire.shape.reduce((a, b) => a * b, 1) * size;
  if (bytes.byteLength !== wanted) {
    throw new RangeError(`An array of shape [${wire.shape.join(", ")}] needs ${wanted} bytes, ${bytes.byteLength} came.`);
  }
  if (bytes.byteOffset % size !== 0) bytes = bytes.slice();
  return new Type(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / size) as ArrayOf<D>;
}

/** Python's side of the wire, for tests. */
export function encode<D extends Dtype>(dtype: D, shape: number[], values: ArrayLike<number>): Wire<D> {
  const array = ARRAYS[dtype].from(values);
  return { dtype, shape, data: new DataView(array.buffer) };
}
