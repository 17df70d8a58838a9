// What functions of the C++ library do to objects of the program's, unseen
// because they are compiled there: hashing bytes, asking an object for its
// class, taking memory from a resource that its users must synchronize.
#include <cstddef>
#include <cstdint>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

using Hash = std::size_t(const void*, std::size_t, std::size_t);
constinit Real<Hash> real_hash("_ZSt11_Hash_bytesPKvmm");
constinit Real<Hash> real_fnv_hash("_ZSt15_Fnv_hash_bytesPKvmm");
constinit Real<void*(const void*, const void*, const void*, std::ptrdiff_t)>
    real_dynamic_cast("__dynamic_cast");

using Allocate = void*(void*, std::size_t, std::size_t);
using Deallocate = void(void*, void*, std::size_t, std::size_t);
constinit Real<Allocate> real_take_from_pool(
    "_ZNSt3pmr28unsynchronized_pool_resource11do_allocateEmm");
constinit Real<Deallocate> real_give_to_pool(
    "_ZNSt3pmr28unsynchronized_pool_resource13do_deallocateEPvmm");

// A use of the resource changes what follows the pointer to its functions.
void changes_resource(void* resource, void* pc) {
  writes(static_cast<void**>(resource) + 1, sizeof(void*), pc);
}

}  // namespace

CSP_INTERCEPT(std::size_t, _ZSt11_Hash_bytesPKvmm, const void* bytes,
              std::size_t size, std::size_t seed) {
  reads(bytes, size, CSP_RETURN_ADDRESS);
  return real_hash(bytes, size, seed);
}
CSP_INTERCEPT(std::size_t, _ZSt15_Fnv_hash_bytesPKvmm, const void* bytes,
              std::size_t size, std::size_t seed) {
  reads(bytes, size, CSP_RETURN_ADDRESS);
  return real_fnv_hash(bytes, size, seed);
}

CSP_INTERCEPT(void*, __dynamic_cast, const void* object, const void* from,
              const void* to, std::ptrdiff_t hint) {
  reads(object, sizeof(void*), CSP_RETURN_ADDRESS);
  return real_dynamic_cast(object, from, to, hint);
}

CSP_INTERCEPT(void*, _ZNSt3pmr28unsynchronized_pool_resource11do_allocateEmm,
              void* resource, std::size_t size, std::size_t alignment) {
  changes_resource(resource, CSP_RETURN_ADDRESS);
  return real_take_from_pool(resource, size, alignment);
}
CSP_INTERCEPT(void, _ZNSt3pmr28unsynchronized_pool_resource13do_deallocateEPvmm,
              void* resource, void* block, std::size_t size,
              std::size_t alignment) {
  changes_resource(resource, CSP_RETURN_ADDRESS);
  real_give_to_pool(resource, block, size, alignment);
}
