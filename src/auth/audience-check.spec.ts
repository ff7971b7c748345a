import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { AudienceCheck } from './audience-check.js';
import { AnyUser, Public, Roles } from './auth.decorators.js';

@Controller('silent')
class SilentController {
  @Get()
  says() {
    return 'nothing about who may call it';
  }
}

@Controller('double')
@AnyUser()
class DoubleController {
  @Get()
  @Roles('admin')
  says() {
    return 'two things';
  }
}

@Controller('clear')
@Roles('admin')
class ClearController {
  @Get()
  says() {
    return 'one thing';
  }

  helper() {
    return 'is no route';
  }
}

@Controller('open')
class OpenController {
  @Get()
  @Public()
  says() {
    return 'one thing';
  }
}

async function start(...controllers: (new () => object)[]): Promise<void> {
  @Module({ imports: [DiscoveryModule], controllers, providers: [AudienceCheck] })
  class TestedModule {}
  const module = await Test.createTestingModule({ imports: [TestedModule] }).compile();
  await module.init();
}

describe('the audience check', () => {
  it('lets a service start whose routes each say who may call them', async () => {
    await expect(start(ClearController, OpenController)).resolves.toBeUndefined();
  });

  it('stops the start and names every route that says nothing or two things', async () => {
    const starting = start(ClearController, SilentController, DoubleController);
    await expect(starting).rejects.toThrow(/SilentController\.says \(0\).*DoubleController\.says \(2\)/);
  });
});
