/** Where a run waits while it is paused: its seams pass through here. */

export class Gate {
  private closed = false;
  private waiting: (() => void)[] = [];

  pause(): void {
    this.closed = true;
  }

  resume(): void {
    this.closed = false;
    this.step();
  }

  /** Lets what waits go on to the next seam. */
  step(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  /** Resolves at once, or while paused when the run is resumed, stepped or cancelled. */
  pass(): Promise<void> {
    return this.closed ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }
}
