import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Public } from '../auth/auth.decorators.js';
import { DomainError } from '../common/errors.js';

export class HealthDto {
  /** ok */
  status!: string;
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly catalogue: DataSource) {}

  /** The process answers. */
  @Get('live')
  @Public()
  live(): HealthDto {
    return { status: 'ok' };
  }

  /** The service can work: its catalogue answers. Whether a database can be backed up is in its own status. */
  @Get('ready')
  @Public()
  async ready(): Promise<HealthDto> {
    try {
      await this.catalogue.query('SELECT 1');
    } catch (error) {
      throw new DomainError('database-unreachable', 'The catalogue does not answer.', { cause: error });
    }
    return { status: 'ok' };
  }
}
