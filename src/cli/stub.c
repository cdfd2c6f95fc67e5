#include "cli/cli.h"
int cli_run_explain(cli *c){(void)c;return 0;}
int cli_run_man(cli *c){(void)c;return 0;}
static int dump(cli*c){ for(unsigned i=0;i<c->n_order;i++){ unsigned id=c->order[i]; wr_putf(&c->out,"%u:",id); for(unsigned k=0;k<c->val[id].n;k++)wr_putf(&c->out," [%s]",c->val[id].v[k]); wr_putc(&c->out,'\n'); } return 77;}
int cli_guard_validate(cli *c){return dump(c);}
int cli_guard_test(cli *c){return dump(c);}
int cli_guard_rulegen(cli *c){return dump(c);}
int cli_guard_parse_tree(cli *c){return dump(c);}
