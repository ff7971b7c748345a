import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type Audience, audiencesOf } from './audience.js';

export interface DeclaredRoute {
  /** `UsersController.create`. */
  name: string;
  audiences: Audience[];
}

/** Does not let the service start while a route says nothing, or two things, about who may call it. */
@Injectable()
export class AudienceCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const faults = this.routes().filter(({ audiences }) => audiences.length !== 1);
    if (faults.length === 0) return;
    const names = faults.map(({ name, audiences }) => `${name} (${audiences.length})`).join(', ');
    throw new Error(
      `Each route must declare exactly one audience (see auth.decorators.ts). At fault: ${names}.`,
    );
  }

  routes(): DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype, name }) => {
      if (typeof metatype !== 'function') return [];
      const prototype = metatype.prototype as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((method) => ({ method, handler: prototype[method] }))
        .filter(({ handler }) => handler !== undefined && Reflect.hasMetadata('path', handler))
        .map(({ method, handler = {} }) => ({
          name: `${name}.${method}`,
          audiences: audiencesOf(metatype as new () => unknown, handler),
        }));
    });
  }
}
