import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FirstSuperadmin } from './first-superadmin.js';
import { PasswordsService } from './passwords.service.js';
import { User } from './user.entity.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  providers: [UsersService, PasswordsService, FirstSuperadmin],
  exports: [UsersService, PasswordsService],
})
export class UsersModule {}
