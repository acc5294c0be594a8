# Turns db/schema/*.sql into one C file, so that a program and the schema it
# was built for cannot be told apart: cmake -DOUT=FILE -DDIR=FOLDER -P embed.cmake
file(GLOB files ${DIR}/[0-9][0-9][0-9][0-9]_*.sql)
list(SORT files)
set(arrays "")
set(rows "")
foreach(path IN LISTS files ITEMS ${DIR}/grants.sql)
	get_filename_component(name ${path} NAME)
	string(MAKE_C_IDENTIFIER "sql_${name}" id)
	file(READ ${path} hex HEX)
	string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
	string(APPEND arrays "static const uint8_t ${id}[] = {\n${bytes}\n};\n\n")
	set(row "{ .name = \"${name}\", .text = ${id}, .n = sizeof ${id} }")
	if(name STREQUAL "grants.sql")
		set(grants ${row})
	else()
		string(APPEND rows "\t${row},\n")
	endif()
endforeach()
file(WRITE ${OUT} "/* Made from db/schema by db/embed.cmake; not to be edited. */
#include \"db/migrate.h\"

${arrays}const struct schema_file schema_files[] = {
${rows}};
const size_t schema_files_n = sizeof schema_files / sizeof schema_files[0];
const struct schema_file schema_grants = ${grants};
")
