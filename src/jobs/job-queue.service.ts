/** Tells the processes that do jobs that there is one. What is to be done stands in the catalogue; this is the bell. */
export abstract class JobQueue {
  /**
   * Ringing twice for the same try of a job is the same as once. Does not throw: what is not heard is found by looking.
   * `tries`: how often the job has been begun.
   */
  abstract ring(jobId: string, tries?: number): Promise<void>;
  /** Whether it can be heard now. */
  abstract answers(): Promise<boolean>;
}
