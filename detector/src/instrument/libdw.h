// elfutils' libdw, loaded when it is asked for.
#pragma once

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <optional>

namespace chansan::live {

/// The functions of libdw that we call, under their own names.
struct Libdw {
  decltype(&::dwfl_begin) dwfl_begin;
  decltype(&::dwfl_report_begin_add) dwfl_report_begin_add;
  decltype(&::dwfl_linux_proc_report) dwfl_linux_proc_report;
  decltype(&::dwfl_linux_proc_find_elf) dwfl_linux_proc_find_elf;
  decltype(&::dwfl_standard_find_debuginfo) dwfl_standard_find_debuginfo;
  decltype(&::dwfl_report_end) dwfl_report_end;
  decltype(&::dwfl_end) dwfl_end;
  decltype(&::dwfl_addrmodule) dwfl_addrmodule;
  decltype(&::dwfl_module_addrdie) dwfl_module_addrdie;
  decltype(&::dwfl_module_nextcu) dwfl_module_nextcu;
  decltype(&::dwarf_haspc) dwarf_haspc;
  decltype(&::dwarf_getsrc_die) dwarf_getsrc_die;
  decltype(&::dwarf_lineno) dwarf_lineno;
  decltype(&::dwarf_linecol) dwarf_linecol;
  decltype(&::dwarf_tag) dwarf_tag;
  decltype(&::dwarf_diename) dwarf_diename;
  decltype(&::dwarf_child) dwarf_child;
  decltype(&::dwarf_siblingof) dwarf_siblingof;
  decltype(&::dwarf_attr) dwarf_attr;
  decltype(&::dwarf_attr_integrate) dwarf_attr_integrate;
  decltype(&::dwarf_hasattr) dwarf_hasattr;
  decltype(&::dwarf_formudata) dwarf_formudata;
  decltype(&::dwarf_formaddr) dwarf_formaddr;
  decltype(&::dwarf_formstring) dwarf_formstring;
  decltype(&::dwarf_formref_die) dwarf_formref_die;
  decltype(&::dwarf_getlocation) dwarf_getlocation;
  decltype(&::dwarf_getlocations) dwarf_getlocations;
  decltype(&::dwarf_getlocation_attr) dwarf_getlocation_attr;
  decltype(&::dwarf_peel_type) dwarf_peel_type;
  decltype(&::dwarf_aggregate_size) dwarf_aggregate_size;
  decltype(&::dwarf_decl_file) dwarf_decl_file;
  decltype(&::dwarf_decl_line) dwarf_decl_line;
  decltype(&::dwarf_decl_column) dwarf_decl_column;

  /// Nothing if there is no such library on this machine.
  static std::optional<Libdw> load();
};

}  // namespace chansan::live
