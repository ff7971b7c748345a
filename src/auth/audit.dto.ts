import { ApiProperty } from '@nestjs/swagger';
import { auditActions, type AuditDetails, type AuditVerification } from '../audit/audit.types.js';

/** One act, or the beginning or the end of one. Without `hash`, this is what `hash` is made of. */
export class AuditEntryDto {
  /** From 1, without gaps. */
  seq!: number;
  /** ISO 8601, UTC. */
  at!: string;
  /** The user's id; null for who is no user. */
  actor_id!: number | null;
  actor_name!: string;
  /** password, access-token, api-token, host-token, no-authentication, cli or system */
  actor_via!: string;
  /** The id of the API token. */
  actor_token!: number | null;
  /** The other end of the connection: the client, or a proxy in front. */
  address!: string | null;
  request_id!: string | null;
  @ApiProperty({ enum: auditActions })
  action!: string;
  database!: string | null;
  project_id!: string | null;
  /** What it was done to: a file name, the id of an undo, of a user, of a token. */
  subject!: string | null;
  /** started, ok, failed or refused */
  outcome!: string;
  /** The code of the error. */
  error_code!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true })
  details!: AuditDetails;
  /** The hash of the entry before; 64 zeros in the first. */
  prev_hash!: string;
  hash!: string;
}

export class AuditListDto {
  entries!: AuditEntryDto[];
  total!: number;
}

export class BrokenEntryDto {
  seq!: number;
  reason!: string;
}

export class AuditVerificationDto {
  intact!: boolean;
  entries!: number;
  /** The hash of the newest entry. */
  head!: string;
  /** The first entry that does not fit; not there when the log is intact. */
  first_broken?: BrokenEntryDto;

  static of({ firstBroken, ...rest }: AuditVerification): AuditVerificationDto {
    return { ...rest, ...(firstBroken && { first_broken: firstBroken }) };
  }
}
