/** Tells the processes that do jobs that there is one. What is to be done stands in the catalogue; this is the bell. */
export abstract class JobQueue {
  /** Ringing twice for the same job is the same as once. Does not throw: what is not heard is found by looking. */
  abstract ring(jobId: string): Promise<void>;
}
