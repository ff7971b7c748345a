import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.js';
import { ApiToken } from './api-token.entity.js';
import { ApiTokensController } from './api-tokens.controller.js';
import { ApiTokensService } from './api-tokens.service.js';
import { AudienceCheck } from './audience-check.js';
import { AuditController } from './audit.controller.js';
import { AuthController } from './auth.controller.js';
import { Authenticator } from './authenticator.js';
import { HostUsers } from './host-users.js';
import { JwtSecret, loadJwtSecret } from './jwt-secret.js';
import { LoginService } from './login.service.js';
import { MetricsToken } from './metrics-token.js';
import { AccessTokenStrategy } from './strategies/access-token.strategy.js';
import { ApiTokenStrategy } from './strategies/api-token.strategy.js';
import { HostTokenStrategy } from './strategies/host-token.strategy.js';
import { UsersController } from './users.controller.js';

/** Needs ProjectAccess and CallerProjects, which projects/, above, provides to everybody. */
@Module({
  imports: [UsersModule, DiscoveryModule, TypeOrmModule.forFeature([ApiToken])],
  controllers: [AuthController, ApiTokensController, UsersController, AuditController],
  providers: [
    { provide: JwtSecret, inject: [Settings], useFactory: loadJwtSecret },
    {
      provide: JwtService,
      inject: [JwtSecret],
      useFactory: (secret: JwtSecret) => new JwtService({ secret: secret.value }),
    },
    AccessTokens,
    ApiTokensService,
    LoginService,
    HostUsers,
    AccessTokenStrategy,
    ApiTokenStrategy,
    HostTokenStrategy,
    Authenticator,
    MetricsToken,
    AudienceCheck,
  ],
  exports: [Authenticator, MetricsToken],
})
export class AuthModule {}
