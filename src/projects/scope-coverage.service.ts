import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import type { DatabaseSchema } from '../engines/rows.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { ScopeNews, ScopePlan } from '../project-scope/project-scope.types.js';
import { AcceptedScope } from './accepted-scope.entity.js';

/** A plan, and what of it nobody has looked at. */
export interface CoveredScope {
  plan: ScopePlan;
  /** Of what the plan says of every table, in hex: who accepts it has seen this one. */
  digest: string;
  /** Null when nobody has accepted any. */
  accepted: { at: Date; by: string } | null;
  /** What came since; nothing while nobody has accepted any. */
  news: ScopeNews[];
  /** False when a backup by this plan may lack something of a project. */
  complete: boolean;
}

/** What people have accepted of the scope plans, so that nothing new is left out of project backups unseen. */
@Injectable()
export class ScopeCoverage {
  constructor(
    @InjectRepository(AcceptedScope) private readonly scopes: Repository<AcceptedScope>,
    private readonly scope: ProjectScopeService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `artefact-unfit` for rules that do not fit the database. */
  async of({ name, scopeRules }: RegisteredDatabase, schema: DatabaseSchema): Promise<CoveredScope> {
    const plan = this.scope.plan(schema, scopeRules);
    const { digest, tables } = this.scope.survey(schema, plan);
    const last = await this.#last(name);
    const news = last ? this.scope.newsSince(last.tables, tables) : [];
    return {
      plan,
      digest,
      accepted: last && { at: last.acceptedAt, by: last.acceptedByName },
      news,
      complete: plan.unclassified.length === 0 && news.length === 0,
    };
  }

  /**
   * Takes the plan as it is now for seen. Throws DomainError `conflict` when it is not the one of `digest`, and
   * `audit-unavailable`: from here on what is new makes no backup partial.
   */
  async accept(
    { name, scopeRules }: RegisteredDatabase,
    schema: DatabaseSchema,
    digest: string,
    by: Actor,
  ): Promise<void> {
    const survey = this.scope.survey(schema, this.scope.plan(schema, scopeRules));
    const act = { by, action: 'accept-scope', database: name, subject: survey.digest } as const;
    if (survey.digest !== digest) {
      const error = new DomainError(
        'conflict',
        'The scope is not the one with this digest: the database or the scope file has changed, or it is of another one. Look at ' +
          'it again, and accept the digest that it has then.',
      );
      await this.audit.note({ ...act, often: true }, 'refused', error);
      throw error;
    }
    await this.audit.guard({ ...act, details: { tables: survey.tables.length } }, async () => {
      await this.scopes.insert({
        databaseName: name,
        digest,
        tables: survey.tables,
        acceptedBy: by.id || null,
        acceptedByName: by.name,
        acceptedAt: this.clock.now(),
      });
    });
  }

  #last(databaseName: string): Promise<AcceptedScope | null> {
    return this.scopes.findOne({ where: { databaseName }, order: { seq: 'DESC' } });
  }
}
