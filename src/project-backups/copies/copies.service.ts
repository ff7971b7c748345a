import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/errors.js';
import { newId } from '../../common/random.js';
import { ProjectCopyEntity } from './project-copy.entity.js';

export type NewCopy = Omit<ProjectCopyEntity, 'seq' | 'id' | 'createdAt' | 'finishedAt'>;

/** What is known of copies; written down before they are there for certain, since nobody else knows their ids. */
@Injectable()
export class CopiesService {
  constructor(
    @InjectRepository(ProjectCopyEntity) private readonly copies: Repository<ProjectCopyEntity>,
    private readonly clock: Clock,
  ) {}

  begin(copy: NewCopy): Promise<ProjectCopyEntity> {
    return this.copies.save({ ...copy, id: newId(), createdAt: this.clock.now(), finishedAt: null });
  }

  async finish(copy: ProjectCopyEntity): Promise<ProjectCopyEntity> {
    return this.copies.save({ ...copy, finishedAt: this.clock.now() });
  }

  async forget({ seq }: ProjectCopyEntity): Promise<void> {
    await this.copies.delete({ seq });
  }

  /** Under way, or of a process that died. */
  unfinished(database: string): Promise<ProjectCopyEntity[]> {
    return this.copies.findBy({ database, finishedAt: IsNull() });
  }

  /** Of one project, newest first. */
  list(database: string, projectId: string): Promise<ProjectCopyEntity[]> {
    return this.copies.find({ where: { database, projectId }, order: { seq: 'DESC' } });
  }

  /** Throws DomainError `not-found`. */
  async get(database: string, projectId: string, id: string): Promise<ProjectCopyEntity> {
    const copy = await this.copies.findOneBy({ database, projectId, id });
    if (copy) return copy;
    throw new DomainError('not-found', 'There is no such copy of this project.');
  }
}
