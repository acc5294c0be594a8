# countersign-admin: set-up, terminals, deposits, audit.
cs_program(countersign-admin admin_main.c admin_account.c admin_audit.c admin_db.c admin_exception.c admin_face.c
	admin_init.c admin_person.c admin_policy.c admin_role.c admin_role_first.c admin_statement.c admin_terminal.c admin_tty.c)
target_link_libraries(countersign-admin PRIVATE cs_server)
