# db: unit tests
cs_unit_test(test_audit_hash unit/test_audit_hash.c)
cs_unit_test(test_audit_seal unit/test_audit_seal.c)
cs_unit_test(test_audit_verify unit/test_audit_verify.c unit/fake_audit.c)
foreach(test test_audit_hash test_audit_seal test_audit_verify)
	if(TARGET ${test})
		target_link_libraries(${test} PRIVATE cs_db)
	endif()
endforeach()
