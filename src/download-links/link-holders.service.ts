import { Injectable } from '@nestjs/common';
import { ProjectAccess } from '../auth/auth.types.js';
import { Settings } from '../config/settings.js';
import { UsersService } from '../users/users.service.js';
import { isAtLeast } from '../users/users.types.js';
import type { DownloadLink } from './download-link.entity.js';

/** A link is its maker's right, lent: when the maker loses it, the link ends, at the next request like everything else. */
@Injectable()
export class LinkHolders {
  constructor(
    private readonly users: UsersService,
    private readonly projects: ProjectAccess,
    private readonly settings: Settings,
  ) {}

  /** Whether who made the link may still download what it leads to. */
  async mayStill({ createdBy, database, projectId }: DownloadLink): Promise<boolean> {
    if (createdBy === 0) return this.settings.env.HOLDFAST_AUTH === 'disabled';
    const user = await this.users.find(createdBy);
    if (!user) return false;
    if (projectId === null) return isAtLeast(user.role, 'admin');
    const { id, email, name, role } = user;
    const maker = { id, email, name, role, via: 'download-link' } as const;
    return (await this.projects.roleOf(maker, database, projectId)) === 'admin';
  }
}
