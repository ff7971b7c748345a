import { Module } from '@nestjs/common';
import { ProjectScopeService } from './project-scope.service.js';

@Module({ providers: [ProjectScopeService], exports: [ProjectScopeService] })
export class ProjectScopeModule {}
