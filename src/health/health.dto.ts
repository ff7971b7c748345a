export class LiveDto {
  /** ok */
  status!: string;
}

export class ReadyDto {
  /** ok, or degraded: it works, but what `problems` names needs somebody */
  status!: string;
  /** names of what is wrong: recovery */
  problems!: string[];
}

export class HealthCheckDto {
  name!: string;
  ok!: boolean;
  /** whether nothing works without it */
  required!: boolean;
  /** what is wrong, as sentences */
  details!: string[];
}

export class HealthDetailsDto {
  /** ok, degraded or not-ready */
  status!: string;
  checks!: HealthCheckDto[];
}
