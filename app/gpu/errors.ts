/** The device went away (driver reset, GPU unplugged, tab put to sleep): the run can be done again on a new one. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
}

/** The person (or a newer run) cancelled. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('The run was cancelled.');
  }
}
