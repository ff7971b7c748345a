import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, Roles } from '../auth/auth.decorators.js';
import { DomainError } from '../common/errors.js';
import { HealthDetailsDto, LiveDto, ReadyDto } from './health.dto.js';
import { type Check, readinessOf, ReadinessService } from './readiness.service.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  /** The process answers. */
  @Get('live')
  @Public()
  live(): LiveDto {
    return { status: 'ok' };
  }

  /** The service can work: its catalogue answers and the backup folder can be written to. 503 names what does not. */
  @Get('ready')
  @Public()
  async ready(): Promise<ReadyDto> {
    const checks = await this.readiness.checks();
    const wrong = checks.filter(({ details }) => details.length > 0);
    const fatal = wrong.find(({ required }) => required !== null);
    if (fatal) throw notReady(fatal, wrong);
    return { status: readinessOf(checks), problems: wrong.map(({ name }) => name) };
  }

  /** The same with what is wrong, as sentences. */
  @Get('details')
  @Roles('admin')
  async details(): Promise<HealthDetailsDto> {
    const checks = await this.readiness.checks();
    const shown = checks.map(({ name, required, details }) => ({
      name,
      ok: details.length === 0,
      required: required !== null,
      details,
    }));
    return { status: readinessOf(checks), checks: shown };
  }
}

/** Names only: everybody may ask. */
function notReady({ required }: Check, wrong: readonly Check[]): DomainError {
  const names = wrong.map(({ name }) => name);
  return new DomainError(
    required ?? 'internal',
    `The service is not ready: ${names.join(', ')}. GET /health/details tells admins more.`,
    { fields: names.map((name) => ({ field: name, message: 'has a problem' })) },
  );
}
