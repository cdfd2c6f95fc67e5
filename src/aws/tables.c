// SPDX-License-Identifier: Apache-2.0
// The tables themselves, made at build time by tools/aws_gen.c from src/aws/data. Constant: they
// stand in .rodata and are paged in as they are asked for.

#include "aws/aws_int.h"

#include "aws_tables.inc"
