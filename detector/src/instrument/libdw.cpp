#include "detector/src/instrument/libdw.h"

namespace chansan::live {

namespace {

class Loader {
 public:
  explicit Loader(void* library) : library_(library) {}

  template <typename F>
  void find(const char* name, F& function) {
    function = reinterpret_cast<F>(dlsym(library_, name));
    is_complete_ = is_complete_ && function != nullptr;
  }
  bool is_complete() const { return is_complete_; }

 private:
  void* const library_;
  bool is_complete_ = true;
};

}  // namespace

std::optional<Libdw> Libdw::load() {
  // At once: later nothing is to be looked up under the loader's lock. Never
  // closed, as the program may use it as well.
  void* library = dlopen("libdw.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  Libdw dw;
  Loader loader(library);
  loader.find("dwfl_begin", dw.dwfl_begin);
  loader.find("dwfl_report_begin_add", dw.dwfl_report_begin_add);
  loader.find("dwfl_linux_proc_report", dw.dwfl_linux_proc_report);
  loader.find("dwfl_linux_proc_find_elf", dw.dwfl_linux_proc_find_elf);
  loader.find("dwfl_standard_find_debuginfo", dw.dwfl_standard_find_debuginfo);
  loader.find("dwfl_report_end", dw.dwfl_report_end);
  loader.find("dwfl_end", dw.dwfl_end);
  loader.find("dwfl_addrmodule", dw.dwfl_addrmodule);
  loader.find("dwfl_module_addrdie", dw.dwfl_module_addrdie);
  loader.find("dwfl_module_nextcu", dw.dwfl_module_nextcu);
  loader.find("dwarf_haspc", dw.dwarf_haspc);
  loader.find("dwarf_getsrc_die", dw.dwarf_getsrc_die);
  loader.find("dwarf_lineno", dw.dwarf_lineno);
  loader.find("dwarf_linecol", dw.dwarf_linecol);
  loader.find("dwarf_tag", dw.dwarf_tag);
  loader.find("dwarf_diename", dw.dwarf_diename);
  loader.find("dwarf_child", dw.dwarf_child);
  loader.find("dwarf_siblingof", dw.dwarf_siblingof);
  loader.find("dwarf_attr", dw.dwarf_attr);
  loader.find("dwarf_attr_integrate", dw.dwarf_attr_integrate);
  loader.find("dwarf_hasattr", dw.dwarf_hasattr);
  loader.find("dwarf_formudata", dw.dwarf_formudata);
  loader.find("dwarf_formaddr", dw.dwarf_formaddr);
  loader.find("dwarf_formstring", dw.dwarf_formstring);
  loader.find("dwarf_formref_die", dw.dwarf_formref_die);
  loader.find("dwarf_getlocation", dw.dwarf_getlocation);
  loader.find("dwarf_getlocations", dw.dwarf_getlocations);
  loader.find("dwarf_getlocation_attr", dw.dwarf_getlocation_attr);
  loader.find("dwarf_peel_type", dw.dwarf_peel_type);
  loader.find("dwarf_aggregate_size", dw.dwarf_aggregate_size);
  loader.find("dwarf_decl_file", dw.dwarf_decl_file);
  loader.find("dwarf_decl_line", dw.dwarf_decl_line);
  loader.find("dwarf_decl_column", dw.dwarf_decl_column);
  if (!loader.is_complete()) return std::nullopt;
  return dw;
}

}  // namespace chansan::live
