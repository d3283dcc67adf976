// The least of a runtime library that compiled C# needs to run under an emulator: memory that is never freed, references stored without a
// collector's barriers, interface calls resolved anew each time, and the start of the module. One thread; whoever throws ends the process.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

typedef struct { uint16_t component_size; uint16_t flags; uint32_t base_size; } MethodTable;
typedef struct { MethodTable* type; uint32_t length; } Array;
typedef struct { int32_t id; int32_t flags; void* start; void* end; } Section;
typedef struct { uint32_t signature; uint16_t major, minor; uint32_t flags; uint16_t sections; uint8_t entry_size, entry_type; Section section[]; } ModuleHeader;
typedef struct { void* stub; intptr_t cache; } DispatchCell;

uintptr_t __security_cookie = 0x5eed;
int RhpTrapThreads;
int g_cpuFeatures; // which extensions the processor has: read where code asks whether one is supported

static void* take(size_t bytes)
{
    // 64 bytes more than asked for: vectors may read past the end of what they use.
    void* memory = aligned_alloc(16, (bytes + 64 + 15) & ~(size_t)15);
    return memory == NULL ? (fputs("out of memory\n", stderr), exit(3), NULL) : memset(memory, 0, bytes + 64);
}

void* RhpNewFast(MethodTable* type)
{
    MethodTable** object = take(type->base_size);
    *object = type;
    return object;
}

void* RhpNewFinalizable(MethodTable* type) { return RhpNewFast(type); }

Array* RhpNewArray(MethodTable* type, intptr_t length)
{
    Array* array = take(type->base_size + (size_t)length * type->component_size);
    array->type = type;
    array->length = (uint32_t)length;
    return array;
}

Array* RhNewString(MethodTable* type, intptr_t length) { return RhpNewArray(type, length); }
void RhAllocateNewArray(MethodTable* type, uint32_t length, uint32_t flags, void** result) { *result = RhpNewArray(type, length); }
void RhAllocateNewObject(MethodTable* type, uint32_t flags, void** result) { *result = RhpNewFast(type); }
void RhBulkMoveWithWriteBarrier(void* destination, void* source, size_t bytes) { memmove(destination, source, bytes); }
void RhpGcSafeZeroMemory(void* memory, size_t bytes) { memset(memory, 0, bytes); }

// Stores of references: x14 and x13 run on, as the compiler expects.
__asm__(
    ".text\n"
    ".global RhpAssignRefArm64, RhpCheckedAssignRefArm64, RhpByRefAssignRefArm64, RhpAssignRef, RhpInitialDynamicInterfaceDispatch\n"
    "RhpAssignRefArm64:\nRhpCheckedAssignRefArm64:\n str x15, [x14], #8\n ret\n"
    "RhpByRefAssignRefArm64:\n ldr x15, [x13], #8\n str x15, [x14], #8\n ret\n"
    "RhpAssignRef:\n str x1, [x0]\n ret\n"
    // An interface call: x11 is the cell, the arguments stand in their registers.
    "RhpInitialDynamicInterfaceDispatch:\n"
    " stp x29, x30, [sp, #-208]!\n mov x29, sp\n"
    " stp x0, x1, [sp, #16]\n stp x2, x3, [sp, #32]\n stp x4, x5, [sp, #48]\n stp x6, x7, [sp, #64]\n"
    " stp q0, q1, [sp, #80]\n stp q2, q3, [sp, #112]\n stp q4, q5, [sp, #144]\n stp q6, q7, [sp, #176]\n"
    " mov x1, x11\n bl resolve_call\n mov x9, x0\n"
    " ldp x0, x1, [sp, #16]\n ldp x2, x3, [sp, #32]\n ldp x4, x5, [sp, #48]\n ldp x6, x7, [sp, #64]\n"
    " ldp q0, q1, [sp, #80]\n ldp q2, q3, [sp, #112]\n ldp q4, q5, [sp, #144]\n ldp q6, q7, [sp, #176]\n"
    " ldp x29, x30, [sp], #208\n br x9\n");

void* RhResolveDispatch(void* object, MethodTable* interface, uint16_t slot);

// A run of cells ends with one that has no stub and holds the slot; the low bits of the pointer to the interface say how it is written.
void* resolve_call(void* object, DispatchCell* cell)
{
    DispatchCell* last = cell;
    while (last->stub != NULL)
    {
        last++;
    }

    int kind = cell->cache & 3;
    intptr_t interface = kind == 1 ? cell->cache & ~(intptr_t)3 : ((intptr_t)&cell->cache + (int32_t)cell->cache) & ~(intptr_t)3;
    return RhResolveDispatch(object, kind == 2 ? *(MethodTable**)interface : (MethodTable*)interface, (uint16_t)last->cache);
}

void** RhpHandleAlloc(void* object, int kind)
{
    void** handle = take(sizeof(void*));
    *handle = object;
    return handle;
}

// One thread needs no locks.
void* SystemNative_LowLevelMonitor_Create(void) { return take(1); }
void SystemNative_LowLevelMonitor_Acquire(void* monitor) {}
void SystemNative_LowLevelMonitor_Release(void* monitor) {}

void* RhpCheckedXchg(void** place, void* value)
{
    void* old = *place;
    *place = value;
    return old;
}

void* RhpCheckedLockCmpXchg(void** place, void* value, void* expected)
{
    return *place == expected ? RhpCheckedXchg(place, value) : *place;
}

// Of what a collector knows of the memory, the program asks how much the machine has.
void RhGetMemoryInfo(int64_t* info, int kind)
{
    enum { TOTAL_AVAILABLE_BYTES = 1 };
    info[TOTAL_AVAILABLE_BYTES] = 1 << 30;
}

void RhSuppressFinalize(void* object) {}
void RhRegisterInlinedThreadStaticRoot(void** root, void* manager) {}
uint64_t RhCurrentOSThreadId(void) { return 1; }

// Transitions between C and C#, and where a collector would stop the thread.
void RhpReversePInvoke(void* frame) {}
void RhpReversePInvokeReturn(void* frame) {}
void RhpPInvoke(void* frame) {}
void RhpPInvokeReturn(void* frame) {}
void RhpGcPoll(void) {}

// The module: sections of its header are looked up by number.
void RhpRegisterOsModule(void* module) {}
void* RhpCreateTypeManager(void* module, ModuleHeader* header, void** functions, uint32_t count)
{
    void** manager = take(2 * sizeof(void*));
    manager[0] = module;
    manager[1] = header;
    return manager;
}

void* RhpGetModuleSection(void*** manager, int32_t id, int32_t* length)
{
    ModuleHeader* header = (*manager)[1];
    for (int i = 0; i < header->sections; i++)
    {
        Section* section = &header->section[i];
        if (section->id == id)
        {
            *length = (section->flags & 1) != 0 ? (int32_t)((char*)section->end - (char*)section->start) : (int32_t)sizeof(void*);
            return section->start;
        }
    }

    *length = 0;
    return NULL;
}

void* RhRegisterFrozenSegment(void* start, size_t used, size_t committed, size_t reserved) { return start; }

void RhpThrowEx(void* exception)
{
    fputs("an exception was thrown\n", stderr);
    exit(4);
}

extern void* __start___modules[];
extern void* __stop___modules[];
void __managed__Startup(void);
void InitializeModules(void* module, void** headers, int count, void** functions, int function_count);

void start_runtime(void)
{
    enum { NEON = 1, DOT_PRODUCT = 8 };
    g_cpuFeatures = NEON | (getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? DOT_PRODUCT : 0);
    InitializeModules(&__security_cookie, __start___modules, (int)(__stop___modules - __start___modules), NULL, 0);
    __managed__Startup();
}
